/** The list of uploads, bottom right: progress of all, failures with their reasons and one act, what is under way, and
 *  what is done as a number that opens. */
import { ActionIcon, Button } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconChevronUp, IconX } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { ProgressLine } from "../ui/ProgressLine";
import { words } from "../words";
import { timeLeft } from "../words/format";
import { clearEngine, retryFiles, stopAll } from "./add";
import { arranged } from "./arranged";
import { Question } from "./Question";
import { forget, pace, running, type Upload, type Uploads, useUploads } from "./store";
import styles from "./Upload.module.css";
import { UploadLine } from "./UploadLine";

const LINE_PX = 28;
/** With its reason below it. */
const TWO_LINES_PX = 44;

export function UploadPanel() {
  const uploads = useUploads();
  const [folded, setFolded] = useState(false);
  const [opened, setOpened] = useState(false);
  const { totals, list } = uploads;
  const parts = useMemo(() => arranged(list), [list]);
  if (list.length === 0) return null;
  const busy = running(totals);
  return (
    <section className={`${styles.panel} pop`} aria-label={words.upload.title}>
      <header className={styles.head}>
        <b className="grow cut" role="status">
          {busy
            ? words.upload.running(totals.ended, totals.files)
            : totals.asking > 0
              ? words.sameName.waiting(totals.asking)
              : words.upload.done(totals.ended - totals.outcomes.quarantined - totals.outcomes["left-out"])}
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
        {!busy && totals.asking === 0 && (
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
      <Question asking={parts.asking} more={busy} />
      {!folded && (
        <>
          <Failures failed={parts.failed} />
          <List
            label={words.upload.unfinished}
            list={[...parts.failed, ...parts.aside, ...parts.going]}
            reasons={parts.failed.length + parts.aside.length}
          />
          <Done number={parts.done.length} opened={opened} onTurn={() => setOpened(!opened)} />
          {opened && <List label={words.upload.doneList} list={parts.done} reasons={0} />}
        </>
      )}
    </section>
  );
}

function Progress({ uploads, busy }: { uploads: Uploads; busy: boolean }) {
  const { totals } = uploads;
  const speed = pace(uploads, Date.now());
  const { imported, versioned, quarantined, "already-here": here } = totals.outcomes;
  const summary = words.upload.summary(imported, versioned, here, quarantined);
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

function Failures({ failed }: { failed: Upload[] }) {
  if (failed.length === 0) return null;
  return (
    <div className={styles.failures} role="alert">
      <i aria-hidden />
      <span className="grow cut">{words.upload.failures(failed.length)}</span>
      <Button onClick={() => retryFiles(failed.map((upload) => upload.id))}>{words.upload.retry}</Button>
    </div>
  );
}

interface DoneProps {
  number: number;
  opened: boolean;
  onTurn: () => void;
}

function Done({ number, opened, onTurn }: DoneProps) {
  if (number === 0) return null;
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <button type="button" className={styles.done} aria-expanded={opened} onClick={onTurn}>
      <Icon size={14} stroke={1.8} aria-hidden />
      {words.upload.doneCount(number)}
    </button>
  );
}

interface ListProps {
  label: string;
  list: readonly Upload[];
  /** How many of the first lines say why their file did not get in. */
  reasons: number;
}

function List({ label, list, reasons }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index < reasons ? TWO_LINES_PX : LINE_PX),
    getItemKey: (index) => list[index]?.id ?? index,
    overscan: 6,
  });
  // A line that failed grows by its reason, and another may stand in its place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly when a height changes
  useLayoutEffect(() => virtual.measure(), [reasons]);
  if (list.length === 0) return null;
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul aria-label={label} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const upload = list[index];
          return upload && <UploadLine key={upload.id} upload={upload} top={start} height={size} />;
        })}
      </ul>
    </div>
  );
}
