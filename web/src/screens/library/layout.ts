/** Justified rows: whole pictures at a common height, 4 px apart, filling the width to the pixel.
 *
 *  Laws: order is kept; in a full row the widths and gaps add up to the width; every cell keeps its picture's
 *  proportions to within a pixel of rounding. The last row of a section is full or stands left at its natural size. */

/** What lies beyond is shown whole inside a cell of this proportion, so one panorama does not make a 20 px row. */
export const RATIO_MIN = 0.4;
export const RATIO_MAX = 3.5;
export const HEADING_PX = 28;

export interface Row {
  kind: "row";
  /** Items from `start` up to, not including, `end`. */
  start: number;
  end: number;
  widths: number[];
  height: number;
}
export interface Heading {
  kind: "heading";
  key: string;
  height: number;
}
export type Line = Row | Heading;

export interface Frame {
  width: number;
  gap: number;
  /** The height rows come near to. */
  target: number;
  /** Whether more items will come: then the last row waits until it is known how it ends. */
  more: boolean;
}

export const clampRatio = (ratio: number) => Math.min(RATIO_MAX, Math.max(RATIO_MIN, ratio));

/** Lays out items of these proportions. `sections` names each item's section; a heading goes before each. */
export function layOut(ratios: readonly number[], sections: readonly string[] | null, frame: Frame): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < ratios.length) {
    let end = ratios.length;
    if (sections) {
      end = start + 1;
      while (end < ratios.length && sections[end] === sections[start]) end++;
    }
    const open = frame.more && end === ratios.length;
    const rows = rowsOf(ratios, start, end, frame, open);
    if (sections && rows.length > 0)
      lines.push({ kind: "heading", key: sections[start] ?? "", height: HEADING_PX });
    lines.push(...rows);
    start = end;
  }
  return lines;
}

function rowsOf(ratios: readonly number[], from: number, to: number, frame: Frame, open: boolean): Row[] {
  const rows: Row[] = [];
  let start = from;
  let sum = 0;
  for (let at = from; at < to; at++) {
    const ratio = clampRatio(ratios[at] ?? 1);
    const without = at > start ? heightFor(sum, at - start, frame) : Number.POSITIVE_INFINITY;
    const with_ = heightFor(sum + ratio, at - start + 1, frame);
    if (with_ <= frame.target) {
      // Either side of the target: the nearer one, in proportion.
      const shorter = frame.target / with_ <= without / frame.target;
      const end = shorter ? at + 1 : at;
      rows.push(full(ratios, start, end, frame));
      start = end;
      sum = shorter ? 0 : ratio;
      // The item carried over may fill a narrow frame alone.
      if (!shorter && heightFor(ratio, 1, frame) <= frame.target) {
        rows.push(full(ratios, start, start + 1, frame));
        start += 1;
        sum = 0;
      }
    } else sum += ratio;
  }
  if (start < to && !open) rows.push(rest(ratios, start, to, frame));
  return rows;
}

const heightFor = (sum: number, items: number, { width, gap }: Frame) => (width - gap * (items - 1)) / sum;

/** A row that fills the width: the rounding left over is spread from the left, a pixel a cell. */
function full(ratios: readonly number[], start: number, end: number, frame: Frame): Row {
  const own = ratios.slice(start, end).map(clampRatio);
  const sum = own.reduce((total, ratio) => total + ratio, 0);
  const exact = heightFor(sum, own.length, frame);
  const room = frame.width - frame.gap * (own.length - 1);
  let edge = 0;
  let used = 0;
  const widths = own.map((ratio) => {
    edge += (ratio / sum) * room;
    const width = Math.round(edge) - used;
    used += width;
    return width;
  });
  return { kind: "row", start, end, widths, height: Math.max(1, Math.round(exact)) };
}

/** The last row of a section: full if it comes near to it, else at its natural size. */
function rest(ratios: readonly number[], start: number, end: number, frame: Frame): Row {
  const own = ratios.slice(start, end).map(clampRatio);
  const sum = own.reduce((total, ratio) => total + ratio, 0);
  if (heightFor(sum, own.length, frame) <= frame.target * 1.25) return full(ratios, start, end, frame);
  return {
    kind: "row",
    start,
    end,
    widths: own.map((ratio) => Math.round(ratio * frame.target)),
    height: frame.target,
  };
}

export type Direction = "left" | "right" | "up" | "down" | "first" | "last";

/** The item an arrow leads to: beside it, or in the next row the one whose middle is nearest. */
export function neighbour(
  lines: readonly Line[],
  index: number,
  direction: Direction,
  total: number,
  gap: number,
): number {
  if (direction === "first") return 0;
  if (direction === "last") return total - 1;
  if (direction === "left") return Math.max(0, index - 1);
  if (direction === "right") return Math.min(total - 1, index + 1);
  const rows = lines.filter((line): line is Row => line.kind === "row");
  const at = rows.findIndex((row) => index >= row.start && index < row.end);
  const from = rows[at];
  const to = rows[at + (direction === "down" ? 1 : -1)];
  if (!from || !to) return index;
  const middle = middles(from, gap)[index - from.start] ?? 0;
  let best = 0;
  const candidates = middles(to, gap);
  candidates.forEach((x, i) => {
    if (Math.abs(x - middle) < Math.abs((candidates[best] ?? 0) - middle)) best = i;
  });
  return to.start + best;
}

function middles(row: Row, gap: number): number[] {
  let left = 0;
  return row.widths.map((width) => {
    const middle = left + width / 2;
    left += width + gap;
    return middle;
  });
}

/** The line that shows an item, or -1 while its row waits for more. */
export function lineOf(lines: readonly Line[], index: number): number {
  return lines.findIndex((line) => line.kind === "row" && index >= line.start && index < line.end);
}
