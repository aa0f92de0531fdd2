/** What runs, what failed for good, what waits in quarantine, and which engines hold. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useJobAct, useJobs, useStatus } from "../../api/activity";
import { useCan } from "../../api/session";
import type { Job, JobPage } from "../../api/types";
import { ProgressLine } from "../../ui/ProgressLine";
import { Lines } from "../../ui/Skeletons";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";
import { moment } from "../../words/format";
import { Quarantine } from "./Quarantine";
import { Section } from "./Section";

export default function Activity() {
  const running = useJobs("running");
  const dead = useJobs("dead");
  const status = useStatus();
  const counts = running.data?.counts ?? status.data?.jobs;
  return (
    <main className={styles.page}>
      <h1>{words.activity.title}</h1>
      <Section
        title={words.activity.running}
        note={counts && words.activity.counts(counts.running, counts.waiting)}
      >
        <Jobs page={running.data} error={running.error} empty={words.activity.quiet} />
      </Section>
      <Section
        title={words.activity.dead}
        note={counts && counts.dead > 0 ? words.activity.top(counts.dead) : undefined}
      >
        <Jobs page={dead.data} error={dead.error} empty={words.activity.noDead} />
      </Section>
      <Quarantine />
      {(status.data || status.isPending) && (
        <Section title={words.activity.engines}>
          {!status.data && <Lines lines={3} act={48} below={false} />}
          {status.data?.engines.map((engine) => (
            <div key={engine.name} className={styles.line}>
              <span className="grow">{engine.name}</span>
              <span className="t2 cut">{engine.detail}</span>
              <span className={engine.ok ? "t2" : "no"}>
                {engine.ok ? words.activity.works : words.activity.broken}
              </span>
            </div>
          ))}
        </Section>
      )}
    </main>
  );
}

function Jobs({ page, error, empty }: { page: JobPage | undefined; error: Error | null; empty: string }) {
  if (error) return <p role="alert">{error.message}</p>;
  if (!page) return <Lines lines={1} act={64} />;
  if (page.items.length === 0) return <p>{empty}</p>;
  return (
    <>
      {page.items.map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
      {page.more && <p className="s12">{words.newestShown(page.items.length)}</p>}
    </>
  );
}

function JobLine({ job }: { job: Job }) {
  const { administer } = useCan();
  const kind = words.activity.kinds[job.kind] ?? job.kind;
  const act = useJobAct(job.state === "dead" ? "retry" : "cancel");
  return (
    <div className={styles.line}>
      <div className="grow">
        <div className="row">
          <span>{kind}</span>
          {job.asset && (
            <Link className="link grow cut" to={`/assets/${job.asset.id}`}>
              {job.asset.name}
            </Link>
          )}
        </div>
        {job.progress && (
          <ProgressLine label={kind} share={job.progress.of > 0 ? job.progress.done / job.progress.of : 0} />
        )}
        <div className="row s12 t3">
          {job.error && <span className="no">{job.error}</span>}
          {job.progress && <span>{words.activity.of(job.progress.done, job.progress.of)}</span>}
          {job.state === "dead" && <span>{words.activity.attempts(job.attempts)}</span>}
          {job.started && <span>{words.activity.since(moment(job.started))}</span>}
        </div>
      </div>
      <Button disabled={!administer} loading={act.isPending} onClick={() => act.mutate(job.id)}>
        {job.state === "dead" ? words.activity.retry : words.activity.cancel}
      </Button>
    </div>
  );
}
