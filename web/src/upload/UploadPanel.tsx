/** The list of uploads, bottom right: progress of all, each file's outcome, failures in one line with one act. */
import { ActionIcon, Button } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { ProgressLine } from "../ui/ProgressLine";
import { words } from "../words";
import { timeLeft } from "../words/format";
import { clearEngine, retryFiles, stopAll } from "./add";
import { forget, pace, running, type Uploads, useUploads } from "./store";
import styles from "./Upload.module.css";
import { UploadLine } from "./UploadLine";

const LINE_PX = 28;

export function UploadPanel() {
  const uploads = useUploads();
  const [folded, setFolded] = useState(false);
  const { totals, list } = uploads;
  if (list.length === 0) return null;
  const busy = running(totals);
  return (
    <section className={`${styles.panel} pop`} aria-label={words.upload.title}>
      <header className={styles.head}>
        <b className="grow cut" role="status">
          {busy ? words.upload.running(totals.ended, totals.files) : words.upload.done(totals.ended)}
        </b>
        {busy && (
          <Button variant="subtle" onClick={stopAll}>
            {words.upload.cancel}
          </Button>
        )}
        <ActionIcon
          aria-label={folded ? words.upload.unfold : words.upload.fold}
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        >
          {folded ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
        </ActionIcon>
        {!busy && (
          <ActionIcon
            aria-label={words.upload.dismiss}
            onClick={() => {
              clearEngine();
              forget();
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </header>
      <Progress uploads={uploads} busy={busy} />
      {!folded && <Failures uploads={uploads} />}
      {!folded && <List uploads={uploads} />}
    </section>
  );
}

function Progress({ uploads, busy }: { uploads: Uploads; busy: boolean }) {
  const { totals } = uploads;
  const speed = pace(uploads, Date.now());
  const { imported, quarantined, "already-here": here } = totals.outcomes;
  const summary = words.upload.summary(imported, here, quarantined);
  if (!busy) return summary ? <p className={styles.sum}>{summary}</p> : null;
  return (
    <div className={styles.progress}>
      <ProgressLine
        label={words.upload.title}
        share={totals.bytes > 0 ? totals.bytesDone / totals.bytes : 0}
      />
      <p>
        <span>
          {words.upload.bytesOf(totals.bytesDone, totals.bytes)}
          {speed && ` · ${words.upload.rate(speed.perSecond)}`}
        </span>
        {speed && <span>{words.upload.left(timeLeft(speed.left))}</span>}
      </p>
    </div>
  );
}

function Failures({ uploads }: { uploads: Uploads }) {
  const failed = uploads.list.filter((upload) => upload.stage.kind === "failed");
  if (failed.length === 0) return null;
  return (
    <div className={styles.failures} role="alert">
      <i aria-hidden />
      <span className="grow cut">{words.upload.failures(failed.length)}</span>
      <Button onClick={() => retryFiles(failed.map((upload) => upload.id))}>{words.upload.retry}</Button>
    </div>
  );
}

function List({ uploads: { list } }: { uploads: Uploads }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 6,
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const upload = list[index];
          return upload && <UploadLine key={upload.id} upload={upload} top={start} />;
        })}
      </ul>
    </div>
  );
}
