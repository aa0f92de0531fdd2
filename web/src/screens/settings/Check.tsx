/** A check of the library: how far it is by area, faults on top, and which walls of the glass hold. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useState } from "react";
import { check, repair } from "../../api/keeping";
import { Run } from "../../api/run";
import { ProgressLine } from "../../ui/ProgressLine";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { AREAS, type Area, type CheckReport, NOTHING, stateOf, withStep } from "./checkReport";
import styles from "./Settings.module.css";
import { SettingsPage } from "./SettingsPage";
import { Verdict } from "./Verdict";

const checking = new Run(NOTHING, withStep);

export default function Check() {
  const { stage, told, error } = checking.use();
  const [thoroughly, setThoroughly] = useState<"quick" | "full">("quick");
  const going = stage === "going";
  return (
    <SettingsPage title={words.sections.check.title} about={words.check.about} administer>
      <div className={styles.acts}>
        <SegmentedControl
          aria-label={words.check.how}
          disabled={going}
          value={thoroughly}
          onChange={(value) => setThoroughly(value === "full" ? "full" : "quick")}
          data={[
            { value: "quick", label: words.check.quick },
            { value: "full", label: words.check.full },
          ]}
        />
        {going ? (
          <Button onClick={() => checking.stop()}>{words.check.stop}</Button>
        ) : (
          <Button
            variant="filled"
            onClick={() => checking.start((signal) => check(thoroughly === "quick", signal))}
          >
            {stage === "idle" ? words.check.start : words.check.again}
          </Button>
        )}
        {stage === "ended" && told.faultCount > 0 && (
          <Button onClick={() => checking.start((signal) => repair(thoroughly === "quick", signal))}>
            {words.check.mend}
          </Button>
        )}
      </div>
      <p className={styles.about}>
        {going ? words.check.stays : thoroughly === "quick" ? words.check.quickLead : words.check.fullLead}
      </p>
      {stage !== "idle" && (
        <>
          <Outcome stage={stage} report={told} error={error} />
          {told.faultCount > 0 && (
            <Lines title={words.check.faults} lines={told.faults} count={told.faultCount} bad>
              {words.check.todo}
            </Lines>
          )}
          {told.mendedCount > 0 && (
            <Lines title={words.check.mendedTitle} lines={told.mended} count={told.mendedCount} />
          )}
          <section className={ui.section} aria-label={words.sections.check.title}>
            {AREAS.map((area) => (
              <AreaLine
                key={area}
                area={area}
                report={told}
                over={going ? "going" : stage === "ended" ? "ended" : "cut"}
              />
            ))}
          </section>
          <Walls report={told} />
        </>
      )}
    </SettingsPage>
  );
}

function Outcome({ stage, report, error }: { stage: string; report: CheckReport; error: Error | null }) {
  const { faultCount } = report;
  if (stage === "failed") return <Verdict how="bad">{error?.message || words.noAnswer}</Verdict>;
  if (stage === "going")
    return (
      <p role="status" className="t2">
        {words.check.going} · {words.check.soFar(faultCount)}
      </p>
    );
  if (faultCount > 0) return <Verdict how="bad">{words.check.found(faultCount)}</Verdict>;
  if (stage === "stopped") return <Verdict how="ask">{words.check.stopped}</Verdict>;
  if (report.mendedCount > 0) return <Verdict how="good">{words.check.mended(report.mendedCount)}</Verdict>;
  return <Verdict how="good">{words.check.clean}</Verdict>;
}

interface LinesProps {
  title: string;
  lines: { area: string; detail: string }[];
  /** All there are, also those that are not shown. */
  count: number;
  bad?: boolean;
  children?: React.ReactNode;
}

function Lines({ title, lines, count, bad = false, children }: LinesProps) {
  const rest = count - lines.length;
  return (
    <section className={ui.section} aria-label={title}>
      <h2>{title}</h2>
      {lines.map(({ area, detail }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
        <div key={at} className={ui.line}>
          <span className={`${styles.area} t2`}>{words.check.areas[area]?.name ?? area}</span>
          <span className={`grow ${bad ? "no" : ""}`} style={{ overflowWrap: "anywhere" }}>
            {detail}
          </span>
        </div>
      ))}
      {rest > 0 && <p>{words.check.more(rest)}</p>}
      {children && <p>{children}</p>}
    </section>
  );
}

interface AreaProps {
  area: Area;
  report: CheckReport;
  over: "going" | "ended" | "cut";
}

function AreaLine({ area, report, over }: AreaProps) {
  const { name, what } = words.check.areas[area] ?? { name: area, what: "" };
  const { told, progress } = report.areas[area];
  const state = stateOf(report, area, over);
  return (
    <div className={ui.line}>
      <b className={styles.area}>{name}</b>
      <div className="grow">
        <div className="t2">{told.length > 0 ? told.join(" · ") : what}</div>
        {state === "going" && progress && (
          <div className={`${styles.acts} s12 t3`}>
            <div className={styles.going}>
              <ProgressLine
                label={words.check.progress(name)}
                share={progress.of > 0 ? progress.done / progress.of : 0}
              />
            </div>
            {(area === "bytes" ? words.check.ofBytes : words.check.of)(progress.done, progress.of)}
          </div>
        )}
      </div>
      <span className={state === "faulty" ? "no" : state === "whole" ? styles.good : "t3"}>
        {words.check.states[state]}
      </span>
    </div>
  );
}

function Walls({ report }: { report: CheckReport }) {
  if (report.walls.length === 0) return null;
  return (
    <section className={ui.section} aria-label={words.check.walls}>
      <h2>{words.check.walls}</h2>
      <p>{words.check.wallsLead}</p>
      {report.walls.map(({ holds, detail }) => (
        <div key={detail} className={ui.line}>
          <span className={`${styles.wall} ${holds ? styles.good : styles.ask}`}>
            {holds ? (
              <IconShieldCheck size={16} stroke={1.6} aria-label={words.check.holds} role="img" />
            ) : (
              <IconShieldX size={16} stroke={1.6} aria-label={words.check.holdsNot} role="img" />
            )}
          </span>
          <span className="grow t2">{detail}</span>
        </div>
      ))}
    </section>
  );
}
