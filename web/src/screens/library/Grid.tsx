/** The pictures in justified rows. Only rows near the window exist in the page; their heights are known before any
 *  picture is, so nothing moves when pictures come. */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { AssetSummary } from "../../api/types";
import { usePreferences } from "../../app/preferences";
import { useKeys } from "../../ui/keys";
import { useSize } from "../../ui/useSize";
import { words } from "../../words";
import { day, dayKey } from "../../words/format";
import { Cell } from "./Cell";
import styles from "./Grid.module.css";
import { type Direction, type Line, layOut, lineOf, neighbour } from "./layout";
import { ratioOf } from "./proportions";
import type { Goes } from "./purgeTime";
import { selection } from "./selection";

export interface GridHandle {
  /** Scrolls an item into sight and gives it the focus. */
  reveal: (index: number) => void;
}

export interface ViewProps {
  items: AssetSummary[];
  total: number;
  more: boolean;
  onEnd: () => void;
  selected: ReadonlySet<string>;
  focus: number;
  onFocus: (index: number) => void;
  onOpen: (index: number) => void;
  linkOf: (id: string) => string;
  /** When an asset of the trash goes for ever. */
  goes: (asset: AssetSummary) => Goes | null;
  /** Names the view whose place is kept while the person is elsewhere. */
  memory: string;
}

const PADDING_PX = 16;
/** Room below the last row, for the selection bar. */
const END_PX = 80;
/** Where each view was left, for the way back. */
const places = new Map<string, number>();

const sectionOf: Record<string, (item: AssetSummary) => string> = {
  captured: (item) => (item.captured ? dayKey(item.captured) : ""),
  added: (item) => dayKey(item.added),
  trashed: (item) => (item.trashed ? dayKey(item.trashed) : ""),
};

const heightOf = (lines: readonly Line[], gap: number) =>
  lines.reduce((sum, line) => sum + line.height + (line.kind === "row" ? gap : 0), 0);

export function Grid({
  ref,
  sort,
  onLook,
  ...view
}: ViewProps & { ref: Ref<GridHandle>; sort: string; onLook: (index: number) => void }) {
  const { items, more, onEnd, selected, focus, onFocus, onOpen, linkOf, goes, memory } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const { rowPx, density } = usePreferences();
  const gap = density === "comfortable" ? 8 : 4;
  const inner = Math.max(0, width - 2 * PADDING_PX);

  const lines = useMemo(() => {
    if (inner === 0) return [];
    const section = sectionOf[sort.replace("-", "")];
    return layOut(items.map(ratioOf), section ? items.map(section) : null, {
      width: inner,
      gap,
      target: rowPx,
      more,
    });
  }, [items, inner, gap, rowPx, more, sort]);

  const total = useMemo(() => heightOf(lines, gap) + END_PX, [lines, gap]);

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const line = lines[index];
      return line ? line.height + (line.kind === "row" ? gap : 0) : rowPx;
    },
    overscan: 4,
  });
  const shown = virtual.getVirtualItems();

  // A new layout has new heights; the first picture in sight stays where it was.
  const anchor = useRef<{ id: string; offset: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another result begins where it was left, or at its top
  useLayoutEffect(() => {
    anchor.current = null;
  }, [memory]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly when the layout changes
  useLayoutEffect(() => {
    virtual.measure();
    const kept = anchor.current;
    const box = scroller.current;
    if (!box || lines.length === 0) return;
    if (!kept) {
      // The first layout of this visit: where the last one was left.
      box.scrollTop = places.get(memory) ?? 0;
      return;
    }
    if (box.scrollTop < rowPx) return;
    const at = lineOf(
      lines,
      items.findIndex((item) => item.id === kept.id),
    );
    if (at >= 0) box.scrollTop = heightOf(lines.slice(0, at), gap) - kept.offset;
  }, [lines]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    places.set(memory, box.scrollTop);
    const top = virtual
      .getVirtualItems()
      .find((each) => each.end > box.scrollTop && lines[each.index]?.kind === "row");
    const line = top && lines[top.index];
    const first = line?.kind === "row" ? items[line.start] : undefined;
    if (top && first) anchor.current = { id: first.id, offset: top.start - box.scrollTop };
  };

  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && lastShown >= lines.length - 6) onEnd();
  }, [more, lastShown, lines.length, onEnd]);

  // A picture can take the focus only once it is on the page: it may have to be measured, or scrolled to, first.
  const awaited = useRef(-1);
  const give = () => {
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${awaited.current}"] a`);
    link?.focus({ preventScroll: true });
    // Under an open dialog nothing takes the focus: then it waits until that is gone.
    if (link && document.activeElement === link) awaited.current = -1;
  };
  const reveal = (index: number) => {
    awaited.current = index;
    const line = lineOf(lines, index);
    if (line < 0) return;
    virtual.scrollToIndex(line, { align: "auto" });
    give();
  };
  useEffect(() => {
    if (awaited.current < 0 || lines.length === 0) return;
    const line = lineOf(lines, awaited.current);
    if (line < 0) awaited.current = -1;
    else if (!shown.some((each) => each.index === line)) virtual.scrollToIndex(line, { align: "auto" });
    else give();
  });
  useImperativeHandle(ref, () => ({ reveal }));

  const go = (direction: Direction, extend: boolean) => {
    const from = focus < 0 ? -1 : focus;
    const to = from < 0 ? 0 : neighbour(lines, from, direction, items.length, gap);
    if (extend && from >= 0) {
      const [low, high] = from < to ? [from, to] : [to, from];
      selection.add(items.slice(low, high + 1).map((item) => item.id));
    }
    onFocus(to);
    reveal(to);
  };
  const arrows: [string, Direction][] = [
    ["ArrowLeft", "left"],
    ["ArrowRight", "right"],
    ["ArrowUp", "up"],
    ["ArrowDown", "down"],
    ["Home", "first"],
    ["End", "last"],
  ];
  useKeys({
    ...Object.fromEntries(
      arrows.flatMap(([key, direction]) => [
        [key, () => go(direction, false)],
        [`Shift+${key}`, () => go(direction, true)],
      ]),
    ),
    Enter: () => focus >= 0 && onOpen(focus),
  });

  // Cells are drawn again only when what they show changes: the callback is one, and reads what is newest.
  const newest = useRef({ items, focus });
  newest.current = { items, focus };
  const onSelect = useCallback(
    (index: number, extend: boolean) => {
      const now = newest.current;
      const [low, high] = now.focus < index ? [now.focus, index] : [index, now.focus];
      if (extend && now.focus >= 0) selection.add(now.items.slice(low, high + 1).map((item) => item.id));
      else if (now.items[index]) selection.toggle(now.items[index].id);
      onFocus(index);
    },
    [onFocus],
  );

  // Tab enters the grid where the focus was, or at the first picture in the page.
  const rows = shown.map((each) => lines[each.index]).filter((line) => line?.kind === "row");
  const tabStop = rows.some((row) => focus >= row.start && focus < row.end) ? focus : (rows[0]?.start ?? 0);

  const cell = (index: number, width: number, height: number) => {
    const item = items[index];
    return item ? (
      <Cell
        key={item.id}
        asset={item}
        index={index}
        width={width}
        height={height}
        href={linkOf(item.id)}
        selected={selected.has(item.id)}
        tabbable={index === tabStop}
        goes={goes}
        onFocus={onFocus}
        onLook={onLook}
        onSelect={onSelect}
      />
    ) : null;
  };

  return (
    <div ref={scroller} className={styles.scroller} onScroll={onScroll}>
      <div
        className={styles.sheet}
        role="grid"
        aria-label={words.library.results}
        aria-rowcount={more ? -1 : lines.length}
        aria-multiselectable
        style={{ height: total }}
      >
        {shown.map(({ index, start }) => {
          const line = lines[index];
          if (!line) return null;
          const at = { transform: `translateY(${start}px)`, height: line.height };
          if (line.kind === "heading") {
            return (
              <div key={`day${line.key}`} role="row" tabIndex={-1} className={styles.day} style={at}>
                <div role="rowheader" tabIndex={-1}>
                  {line.key ? day(line.key) : words.library.noDate}
                </div>
              </div>
            );
          }
          return (
            <div
              key={line.start}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 1}
              className={styles.row}
              style={{ ...at, gap }}
            >
              {line.widths.map((width, i) => cell(line.start + i, width, line.height))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
