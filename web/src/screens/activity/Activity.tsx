/** What runs, what failed for good, what waits in quarantine, and which engines hold. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useJobAct, useJobs, useQuarantine, useStatus } from "../../api/activity";
import { useCan } from "../../api/session";
import type { Job } from "../../api/types";
import { ProgressLine } from "../../ui/ProgressLine";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";
import { bytes, moment } from "../../words/format";

export default function Activity() {
  const running = useJobs("running");
  const dead = useJobs("dead");
  const status = useStatus().data;
  const counts = running.data?.counts ?? status?.jobs;
  return (
    <main className={styles.page}>
      <h1>{words.activity.title}</h1>
      <Section
        title={words.activity.running}
        note={counts && words.activity.counts(counts.running, counts.waiting)}
      >
        <Jobs jobs={running.data?.items} error={running.error} empty={words.activity.quiet} />
      </Section>
      <Section
        title={words.activity.dead}
        note={counts && counts.dead > 0 ? words.activity.top(counts.dead) : undefined}
      >
        <Jobs jobs={dead.data?.items} error={dead.error} empty={words.activity.noDead} />
      </Section>
      <Quarantine />
      {status && (
        <Section title={words.activity.engines}>
          {status.engines.map((engine) => (
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

function Section({
  title,
  note,
  children,
}: {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className={styles.section}>
      <h2>
        {title} {note && <span>{note}</span>}
      </h2>
      {children}
    </section>
  );
}

function Jobs({ jobs, error, empty }: { jobs: Job[] | undefined; error: Error | null; empty: string }) {
  if (error) return <p role="alert">{error.message}</p>;
  if (!jobs) return null;
  if (jobs.length === 0) return <p>{empty}</p>;
  return jobs.map((job) => <JobLine key={job.id} job={job} />);
}

function JobLine({ job }: { job: Job }) {
  const { administer } = useCan();
  const act = useJobAct(job.state === "dead" ? "retry" : "cancel");
  return (
    <div className={styles.line}>
      <div className="grow">
        <div className="row">
          <span className="grow cut">{job.kind}</span>
          {job.subject && (
            <Link className="link" to={`/assets/${job.subject}`}>
              {words.activity.show}
            </Link>
          )}
        </div>
        {job.progress && (
          <ProgressLine
            label={job.kind}
            share={job.progress.of > 0 ? job.progress.done / job.progress.of : 0}
          />
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

function Quarantine() {
  const quarantine = useQuarantine();
  const files = quarantine.data;
  return (
    <Section title={words.activity.quarantine}>
      {quarantine.error && <p role="alert">{quarantine.error.message}</p>}
      {files?.length === 0 && <p>{words.activity.noQuarantine}</p>}
      {files && files.length > 0 && <p>{words.activity.quarantineLead}</p>}
      {files?.map((file) => (
        <div key={file.id} className={styles.line}>
          <div className="grow">
            <div className="cut">{file.name}</div>
            <div className="s12 t3">{file.reason}</div>
          </div>
          <span className="s12 t3">{bytes(file.bytes)}</span>
          <span className="s12 t3">{moment(file.at)}</span>
        </div>
      ))}
    </Section>
  );
}
