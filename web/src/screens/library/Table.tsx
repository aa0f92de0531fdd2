/** The same result as lines: for comparing dates, sizes and names. */
import { Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconLock } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { Link } from "react-router";
import { rungUrl } from "../../api/addresses";
import { mayBePictured } from "../../api/renditions";
import type { AssetSummary } from "../../api/types";
import { usePreferences } from "../../app/preferences";
import { useKeys } from "../../ui/keys";
import { Thumb } from "../../ui/Thumb";
import { words } from "../../words";
import { bytes, duration, localMoment, moment, pixels } from "../../words/format";
import type { GridHandle, ViewProps } from "./Grid";
import styles from "./Grid.module.css";
import type { Goes } from "./purgeTime";
import { selection } from "./selection";

type Column = keyof typeof words.library.columns;
/** Columns, and the order each may be sorted by. */
const COLUMNS: [Column, string | null][] = [
  ["name", "name"],
  ["kind", null],
  ["size", null],
  ["captured", "captured"],
  ["added", "added"],
  ["bytes", "bytes"],
  ["state", null],
];

interface Props extends ViewProps {
  ref: Ref<GridHandle>;
  sort: string;
  onSort: (sort: string) => void;
}

export function Table({
  ref,
  items,
  total,
  more,
  onEnd,
  selected,
  focus,
  onFocus,
  onOpen,
  linkOf,
  goes,
  sort,
  onSort,
}: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { density } = usePreferences();
  const rowPx = density === "comfortable" ? 34 : 24;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    paddingEnd: 80,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= items.length - 30) onEnd();
  }, [more, last, items.length, onEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights change with the density alone
  useEffect(() => virtual.measure(), [rowPx]);

  // A line can take the focus only once it is on the page.
  const awaited = useRef(-1);
  const give = () => {
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${awaited.current}"] a`);
    link?.focus({ preventScroll: true });
    // Under an open dialog nothing takes the focus: then it waits until that is gone.
    if (link && document.activeElement === link) awaited.current = -1;
  };
  const reveal = (index: number) => {
    awaited.current = index;
    virtual.scrollToIndex(index, { align: "auto" });
    give();
  };
  useEffect(() => {
    if (awaited.current >= items.length) awaited.current = -1;
    else if (awaited.current >= 0) give();
  });
  useImperativeHandle(ref, () => ({ reveal }));
  const go = (to: number, extend: boolean) => {
    const index = Math.min(items.length - 1, Math.max(0, to));
    if (extend && focus >= 0)
      selection.add(items.slice(Math.min(focus, index), Math.max(focus, index) + 1).map((item) => item.id));
    onFocus(index);
    reveal(index);
  };
  useKeys({
    ArrowDown: () => go(focus + 1, false),
    ArrowUp: () => go(focus - 1, false),
    "Shift+ArrowDown": () => go(focus + 1, true),
    "Shift+ArrowUp": () => go(focus - 1, true),
    Home: () => go(0, false),
    End: () => go(items.length - 1, false),
    Enter: () => focus >= 0 && onOpen(focus),
  });

  return (
    <div ref={scroller} className={`${styles.scroller} ${styles.wide}`}>
      <div
        role="grid"
        aria-label={words.library.results}
        aria-rowcount={total + 1}
        aria-multiselectable
        className={styles.sheet}
        style={{ height: virtual.getTotalSize() + 28 }}
      >
        <div role="row" tabIndex={-1} aria-rowindex={1} className={styles.head}>
          <span />
          <span />
          {COLUMNS.map(([column, order]) => (
            <Head key={column} column={column} order={order} sort={sort} onSort={onSort} />
          ))}
        </div>
        {shown.map(({ index, start }) => {
          const item = items[index];
          return (
            item && (
              <Line
                key={item.id}
                asset={item}
                index={index}
                top={start + 28}
                href={linkOf(item.id)}
                goes={goes(item)}
                selected={selected.has(item.id)}
                tabbable={index === Math.max(0, focus)}
                onFocus={() => onFocus(index)}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Head({
  column,
  order,
  sort,
  onSort,
}: {
  column: Column;
  order: string | null;
  sort: string;
  onSort: (sort: string) => void;
}) {
  const sorted =
    order !== null && sort.replace("-", "") === order
      ? sort.startsWith("-")
        ? "descending"
        : "ascending"
      : undefined;
  const Arrow = sorted === "descending" ? IconArrowDown : IconArrowUp;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div role="columnheader" aria-sort={sorted} className={column === "bytes" ? styles.right : undefined}>
      {order ? (
        <button
          type="button"
          className={column === "bytes" ? styles.right : undefined}
          onClick={() => onSort(sorted === "descending" ? order : `-${order}`)}
        >
          {words.library.columns[column]}
          {sorted && <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        words.library.columns[column]
      )}
    </div>
  );
}

interface LineProps {
  asset: AssetSummary;
  index: number;
  top: number;
  href: string;
  goes: Goes | null;
  selected: boolean;
  tabbable: boolean;
  onFocus: () => void;
}

function Line({ asset, index, top, href, goes, selected, tabbable, onFocus }: LineProps) {
  const size =
    asset.width && asset.height
      ? pixels(asset.width, asset.height)
      : asset.page_count
        ? words.library.pages(asset.page_count)
        : "";
  const cells: [string, string, string?][] = [
    ["kind", words.kinds[asset.kind] ?? asset.kind],
    [
      "size",
      [size, asset.duration_us === null ? "" : duration(asset.duration_us)].filter(Boolean).join(" · "),
    ],
    ["captured", asset.captured ? localMoment(asset.captured) : ""],
    ["added", moment(asset.added)],
    ["bytes", bytes(asset.bytes), styles.right],
    ["state", goes?.text ?? asset.state],
  ];
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      data-selected={selected || undefined}
      className={styles.line}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" tabIndex={-1}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={words.library.select(asset.name)}
          checked={selected}
          onChange={() => selection.toggle(asset.id)}
        />
      </div>
      <div role="gridcell" tabIndex={-1}>
        <Thumb url={mayBePictured(asset) ? rungUrl(asset.version, 256) : null} kind={asset.kind} />
      </div>
      <div role="gridcell" tabIndex={-1} className={styles.named}>
        <Link to={href} tabIndex={tabbable ? 0 : -1} onFocus={onFocus}>
          {asset.name}
        </Link>
        {asset.checked_out_by !== null && <IconLock size={12} aria-label={words.checkout.mark} />}
      </div>
      {cells.map(([key, text, style]) => (
        <div key={key} role="gridcell" tabIndex={-1} className={style}>
          {text}
        </div>
      ))}
    </div>
  );
}
