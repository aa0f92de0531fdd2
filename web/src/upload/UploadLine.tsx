/** One file on its way: its path, how far or how it ended, and below it why, where it did not get in. */
import { Link } from "react-router";
import { words } from "../words";
import { percent } from "../words/format";
import type { Stage, Upload } from "./store";
import styles from "./Upload.module.css";

export function UploadLine({ upload, top, height }: { upload: Upload; top: number; height: number }) {
  const { stage } = upload;
  const asset = stage.kind === "ended" ? stage.asset : null;
  const reason = reasonOf(stage);
  return (
    <li className={styles.line} style={{ transform: `translateY(${top}px)`, height }}>
      <div>
        {asset ? (
          <Link to={`/assets/${asset}`} className="cut grow" title={upload.path}>
            {upload.path}
          </Link>
        ) : (
          <span className="cut grow" title={upload.path}>
            {upload.path}
          </span>
        )}
        <span className={toneOf(stage)}>{textOf(stage, upload.bytes)}</span>
      </div>
      {reason && (
        <p className={`${styles.why} cut`} title={reason}>
          {reason}
        </p>
      )}
    </li>
  );
}

function textOf(stage: Stage, bytes: number): string {
  const said = words.upload.outcomes;
  if (stage.kind === "waiting") return said.waiting;
  if (stage.kind === "sending")
    return stage.sent >= bytes ? said.storing : percent(stage.sent / Math.max(1, bytes));
  if (stage.kind === "asking") return words.sameName.asking;
  return stage.kind === "failed" ? said.failed : said[stage.outcome];
}

/** Why a file did not get in; `null` for any other. */
function reasonOf(stage: Stage): string | null {
  if (stage.kind === "failed") return stage.why || words.upload.stopped;
  if (stage.kind === "ended" && stage.outcome === "quarantined")
    return stage.reason ?? words.upload.quarantineHint;
  return null;
}

function toneOf(stage: Stage): string | undefined {
  if (stage.kind === "failed") return `${styles.end} ${styles.bad}`;
  if (stage.kind === "ended" && stage.outcome === "quarantined") return `${styles.end} ${styles.ask}`;
  return styles.end;
}
