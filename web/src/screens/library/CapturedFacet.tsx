/** Capture dates as a histogram: press a bar to keep its time, drag or press with Shift to reach from one to another.
 *  One control, not thirty: the bars are narrower than anything that can be pressed. */
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Facet } from "../../api/types";
import { bars, inRange, rangeText } from "../../query/captured";
import { words } from "../../words";
import { month } from "../../words/format";
import styles from "./Facets.module.css";

interface Props {
  facet: Facet;
  range: string | null;
  onRange: (text: string | null) => void;
}

const HEIGHT_PX = 44;

export function CapturedFacet({ facet, range, onRange }: Props) {
  const all = bars(facet.values);
  const [at, setAt] = useState(0);
  const [anchor, setAnchor] = useState<string | null>(null);
  const [drag, setDrag] = useState<string | null>(null);
  const most = Math.max(1, ...all.map((bar) => bar.count));
  const active = all[Math.min(at, all.length - 1)];
  if (!active) return null;

  const keep = (key: string, extend: boolean) => {
    const text = extend && anchor ? rangeText(anchor, key) : key;
    if (!extend) setAnchor(key);
    onRange(text === range ? null : text);
  };
  const under = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - edge.x) / edge.width) * all.length);
    return Math.min(all.length - 1, Math.max(0, index));
  };
  const point = (event: PointerEvent<HTMLElement>) => {
    const index = under(event);
    setAt(index);
    const key = all[index]?.key;
    if (key && event.buttons === 1 && anchor) setDrag(rangeText(anchor, key));
  };
  const press = (event: PointerEvent<HTMLElement>) => {
    const key = all[under(event)]?.key ?? active.key;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!event.shiftKey || !anchor) setAnchor(key);
    setDrag(event.shiftKey && anchor ? rangeText(anchor, key) : key);
  };
  const release = () => {
    if (drag) onRange(drag === range ? null : drag);
    setDrag(null);
  };
  const type = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -all.length, End: all.length }[event.key];
    if (step !== undefined) setAt(Math.min(all.length - 1, Math.max(0, at + step)));
    else if (event.key === "Enter" || event.key === " ") keep(active.key, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        className={styles.hist}
        role="slider"
        tabIndex={0}
        aria-label={words.facets.histogram}
        aria-valuemin={0}
        aria-valuemax={all.length - 1}
        aria-valuenow={Math.min(at, all.length - 1)}
        aria-valuetext={words.facets.bar(month(active.key), active.count)}
        title={words.facets.bar(month(active.key), active.count)}
        onPointerMove={point}
        onPointerDown={press}
        onPointerUp={release}
        onKeyDown={type}
      >
        {all.map((bar, index) => (
          <span
            key={bar.key}
            data-on={inRange(bar.key, drag ?? range) || undefined}
            data-at={index === at || undefined}
          >
            <i
              style={{
                height: bar.count === 0 ? 1 : Math.max(3, Math.round((bar.count / most) * HEIGHT_PX)),
              }}
            />
          </span>
        ))}
      </div>
      <div className={styles.axis} aria-hidden>
        <span>{month(all[0]?.key ?? "")}</span>
        {all.length > 1 && <span>{month(all.at(-1)?.key ?? "")}</span>}
      </div>
    </>
  );
}
