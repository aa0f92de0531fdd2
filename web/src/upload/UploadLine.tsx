/** One file on its way: its path, and how far or how it ended. */
import { Link } from "react-router";
import { words } from "../words";
import { percent } from "../words/format";
import type { Stage, Upload } from "./store";
import styles from "./Upload.module.css";

export function UploadLine({ upload, top }: { upload: Upload; top: number }) {
  const { stage } = upload;
  const asset = stage.kind === "ended" ? stage.asset : null;
  return (
    <li className={styles.line} style={{ transform: `translateY(${top}px)` }}>
      {asset ? (
        <Link to={`/assets/${asset}`} className="cut grow" title={upload.path}>
          {upload.path}
        </Link>
      ) : (
        <span className="cut grow" title={upload.path}>
          {upload.path}
        </span>
      )}
      <span className={toneOf(stage)} title={whyOf(stage) ?? undefined}>
        {textOf(stage, upload.bytes)}
      </span>
    </li>
  );
}

function textOf(stage: Stage, bytes: number): string {
  const said = words.upload.outcomes;
  if (stage.kind === "waiting") return said.waiting;
  if (stage.kind === "sending")
    return stage.sent >= bytes ? said.storing : percent(stage.sent / Math.max(1, bytes));
  if (stage.kind === "failed") return stage.why ? `${said.failed}: ${stage.why}` : said.failed;
  return stage.reason ? `${said[stage.outcome]}: ${stage.reason}` : said[stage.outcome];
}

function whyOf(stage: Stage): string | null {
  if (stage.kind === "failed") return stage.why;
  if (stage.kind === "ended" && stage.outcome === "quarantined")
    return stage.reason ?? words.upload.quarantineHint;
  return null;
}

function toneOf(stage: Stage): string | undefined {
  if (stage.kind === "failed") return `${styles.end} ${styles.bad}`;
  if (stage.kind === "ended" && stage.outcome === "quarantined") return `${styles.end} ${styles.ask}`;
  return styles.end;
}
