/** The quarantine: files that wait for a person, by reason; looked at, let in, replaced or thrown away, one or several,
 *  with the pointer or the keys. */
import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { quarantinePages } from "../../api/quarantine";
import { useCan } from "../../api/session";
import type { Arrival, Quarantined } from "../../api/types";
import { useKeys } from "../../ui/keys";
import { Lines } from "../../ui/Skeletons";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { type Decision, Decisions } from "./Decisions";
import { Discard } from "./Discard";
import { FileLine } from "./FileLine";
import { afterGone, moved } from "./focus";
import styles from "./Quarantine.module.css";
import { REASONS } from "./reason";
import { SelectionBar } from "./SelectionBar";
import { type Decided, useDecide } from "./useDecide";

export default function Quarantine() {
  const [params, setParams] = useSearchParams();
  const code = params.get("reason") ?? "";
  const reason = REASONS.find(({ value }) => value === code)?.label;
  return (
    <main className={ui.page}>
      <h1>{words.quarantine.title}</h1>
      <section className={ui.section} aria-label={words.quarantine.title}>
        <p>{words.quarantine.lead}</p>
        <div className={styles.filter}>
          <NativeSelect
            label={words.quarantine.reason}
            value={code}
            onChange={(event) => setParams(event.target.value ? { reason: event.target.value } : {})}
            data={[{ value: "", label: words.quarantine.all }, ...REASONS]}
          />
        </div>
        <Files
          key={code}
          code={code}
          empty={reason ? words.quarantine.emptyOf(reason) : words.quarantine.empty}
        />
      </section>
    </main>
  );
}

const NONE: Quarantined[] = [];

function Files({ code, empty }: { code: string; empty: string }) {
  const { administer } = useCan();
  const list = useInfiniteQuery(quarantinePages(code));
  const files = list.data ?? NONE;
  const ids = files.map(({ id }) => id);
  const [made, setMade] = useState<Decision[]>([]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | null>(null);
  const [looked, setLooked] = useState<string | null>(null);
  const [asked, setAsked] = useState<readonly Quarantined[]>(NONE);
  const replacing = useRef<(() => void) | null>(null);

  // Whoever took it away: the focus goes on to what stays.
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const here = new Set(files.map(({ id }) => id));
    const left = before.current.filter((id) => !here.has(id));
    if (at !== null && !here.has(at)) setAt(afterGone(before.current, at, new Set(left)));
    before.current = files.map(({ id }) => id);
  }, [files, at]);

  const gone = (decisions: Decision[], left: readonly string[]) => {
    const away = new Set(left);
    setSelected((held) => new Set([...held].filter((id) => !away.has(id))));
    setMade((held) => [...decisions, ...held]);
  };
  const admit = useDecide("admit", (done) =>
    gone(
      done.map(({ file, arrival }) => ({
        id: file.id,
        text: words.quarantine.isIn(file.name),
        asset: arrival?.asset ?? null,
      })),
      idsOf(done),
    ),
  );
  const discard = useDecide("discard", (done) => {
    setAsked(NONE);
    gone([], idsOf(done));
  });
  const replaced = (file: Quarantined, arrival: Arrival) =>
    gone([{ id: file.id, text: cameOf(file, arrival), asset: arrival.asset }], [file.id]);

  const busy = admit.isPending || discard.isPending;
  // What is selected, else the line that has the focus.
  const meant = () => files.filter(({ id }) => (selected.size > 0 ? selected.has(id) : id === at));
  const ask = (which: readonly Quarantined[]) => administer && !busy && which.length > 0 && setAsked(which);
  const letIn = (which: readonly Quarantined[]) =>
    administer && !busy && which.length > 0 && admit.mutate(which);
  const choose = (id: string, on = !selected.has(id)) => {
    const next = new Set(selected);
    if (on) next.add(id);
    else next.delete(id);
    setSelected(next);
  };
  useKeys({
    ArrowDown: () => setAt(moved(ids, at, 1)),
    ArrowUp: () => setAt(moved(ids, at, -1)),
    Home: () => setAt(ids[0] ?? null),
    End: () => setAt(ids.at(-1) ?? null),
    x: () => at && choose(at),
    "Mod+a": () => setSelected(new Set(ids)),
    Space: () => setLooked(looked === at ? null : at),
    a: () => letIn(meant()),
    r: () => at && replacing.current?.(),
    Delete: () => ask(meant()),
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : setLooked(null)),
  });

  return (
    <>
      {list.error && <p role="alert">{list.error.message}</p>}
      {list.isPending && <Lines lines={2} act={140} />}
      <Decisions made={made} />
      {list.data?.length === 0 && <p>{empty}</p>}
      <ul className={styles.files} aria-label={words.quarantine.list}>
        {files.map((file) => (
          <FileLine
            key={file.id}
            file={file}
            current={file.id === at}
            selected={selected.has(file.id)}
            looked={looked === file.id}
            busy={busy}
            replacing={replacing}
            onFocus={() => at !== file.id && setAt(file.id)}
            onSelect={(on) => choose(file.id, on)}
            onLook={() => setLooked(looked === file.id ? null : file.id)}
            onAdmit={() => letIn([file])}
            onDiscard={() => ask([file])}
            onReplaced={replaced}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <p>
          <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {words.quarantine.more}
          </Button>
        </p>
      )}
      <SelectionBar
        number={selected.size}
        busy={busy}
        onAdmit={() => letIn(meant())}
        onDiscard={() => ask(meant())}
        onClear={() => setSelected(new Set())}
      />
      <Discard
        files={asked}
        busy={discard.isPending}
        onSure={() => discard.mutate(asked)}
        onClose={() => setAsked(NONE)}
      />
    </>
  );
}

const idsOf = (done: readonly Decided[]) => done.map(({ file }) => file.id);

function cameOf(file: Quarantined, arrival: Arrival): string {
  if (arrival.outcome === "quarantined") return words.quarantine.waitsToo(file.name);
  if (arrival.outcome === "already-here") return words.quarantine.hereAlready(file.name);
  return words.quarantine.replaced(file.name);
}
