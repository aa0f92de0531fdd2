/** The histogram of capture dates: from the facet's values (a year, a month or a day with a count) to bars in
 *  order of time without gaps, and from chosen bars to the range the query names. */
import type { FacetValue } from "../api/types";

export interface Bar {
  /** `2026` or `2026-06`. */
  key: string;
  count: number;
}

/** More bars than this cannot be pressed: months become years. */
export const BARS_MAX = 36;
/** A camera with a dead clock says 1970 or 2106: such years do not stretch the axis. */
const YEAR_MIN = 1826;
const YEARS_MAX = 60;

export function bars(values: readonly FacetValue[]): Bar[] {
  const monthly = values.every(({ value }) => /^\d{4}-\d{2}/.test(value)) ? fill(values, 7) : null;
  return monthly && monthly.length <= BARS_MAX ? monthly : fill(values, 4).slice(-YEARS_MAX);
}

function fill(values: readonly FacetValue[], digits: 4 | 7): Bar[] {
  const counts = new Map<string, number>();
  for (const { value, count } of values) {
    const key = value.slice(0, digits);
    if (!/^\d{4}/.test(key) || Number(key.slice(0, 4)) < YEAR_MIN) continue;
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const keys = [...counts.keys()].sort();
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: Bar[] = [];
  for (let key = first; key <= last && all.length < 12 * 300; key = after(key)) {
    all.push({ key, count: counts.get(key) ?? 0 });
  }
  return all;
}

/** The year or month that follows. */
function after(key: string): string {
  const year = Number(key.slice(0, 4));
  if (key.length === 4) return String(year + 1).padStart(4, "0");
  const month = Number(key.slice(5, 7));
  return month === 12
    ? `${String(year + 1).padStart(4, "0")}-01`
    : `${key.slice(0, 4)}-${String(month + 1).padStart(2, "0")}`;
}

/** The range from one bar to another, both inside, as the query writes it. */
export function rangeText(a: string, b: string): string {
  const [from, to] = a <= b ? [a, b] : [b, a];
  return from === to ? from : `${from}..${to}`;
}

/** Whether a bar lies in the range that the query names. */
export function inRange(key: string, range: string | null): boolean {
  if (!range) return false;
  const text = range.replaceAll('"', "");
  const [from = "", to] = text.includes("..") ? text.split("..") : [text, text];
  if (!/^[\d-]*$/.test(from + (to ?? ""))) return false;
  const starts = from === "" || key >= from.slice(0, key.length);
  const ends = !to || key.slice(0, to.length) <= to.slice(0, key.length);
  return starts && ends;
}
