import { describe, expect, it } from "vitest";
import { clampRatio, type Frame, HEADING_PX, type Line, layOut, lineOf, neighbour, type Row } from "./layout";

/** Repeatable proportions between portrait and panorama. */
function proportions(number: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: number }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return 0.3 + (state / 2147483648) * 3.5;
  });
}
const rowsOf = (lines: Line[]) => lines.filter((line): line is Row => line.kind === "row");
const spread = (row: Row, gap: number) =>
  row.widths.reduce((sum, width) => sum + width, 0) + gap * (row.widths.length - 1);

function check(ratios: number[], frame: Frame) {
  const rows = rowsOf(layOut(ratios, null, frame));
  let next = 0;
  rows.forEach((row, index) => {
    expect(row.start).toBe(next);
    expect(row.widths).toHaveLength(row.end - row.start);
    next = row.end;
    const last = index === rows.length - 1;
    if (!last || frame.more) expect(spread(row, frame.gap)).toBe(frame.width);
    else expect(spread(row, frame.gap)).toBeLessThanOrEqual(frame.width);
    row.widths.forEach((width, i) => {
      const exact = clampRatio(ratios[row.start + i] ?? 1) * row.height;
      // Width and height are each rounded by up to half a pixel, the edge by half of one more.
      expect(Math.abs(width - exact)).toBeLessThanOrEqual(1 + clampRatio(ratios[row.start + i] ?? 1) / 2);
    });
  });
  if (!frame.more) expect(next).toBe(ratios.length);
}

describe("justified rows", () => {
  it("fill the width, keep the order and every picture's proportions", () => {
    for (const width of [320, 777, 1078, 2560]) {
      for (const gap of [4, 8]) {
        for (const more of [false, true])
          check(proportions(240, width + gap), { width, gap, target: 148, more });
      }
    }
  });

  it("come near the wished height", () => {
    const rows = rowsOf(layOut(proportions(400, 3), null, { width: 1200, gap: 4, target: 150, more: true }));
    for (const row of rows) expect(row.height).toBeGreaterThan(95);
    for (const row of rows) expect(row.height).toBeLessThan(240);
  });

  it("hold nothing when there is nothing", () => {
    expect(layOut([], null, { width: 500, gap: 4, target: 100, more: false })).toEqual([]);
  });

  it("show one picture at its natural size, not blown up to the width", () => {
    const [row] = rowsOf(layOut([1.5], null, { width: 1200, gap: 4, target: 150, more: false }));
    expect(row).toMatchObject({ widths: [225], height: 150 });
  });

  it("show a panorama alone when it fills a narrow page", () => {
    const rows = rowsOf(layOut([0.5, 3.5, 0.5], null, { width: 300, gap: 4, target: 150, more: false }));
    expect(rows.every((row) => spread(row, 4) <= 300)).toBe(true);
  });

  it("never move when more is loaded: rows already shown stay as they were", () => {
    const ratios = proportions(300, 9);
    const some = layOut(ratios.slice(0, 120), null, { width: 1000, gap: 4, target: 150, more: true });
    const all = layOut(ratios, null, { width: 1000, gap: 4, target: 150, more: false });
    expect(all.slice(0, some.length)).toEqual(some);
  });

  it("stand under a heading for each section, and no row spans two", () => {
    const ratios = proportions(60, 5);
    const days = ratios.map((_, index) => `2026-11-${String(20 - Math.floor(index / 9)).padStart(2, "0")}`);
    const lines = layOut(ratios, days, { width: 900, gap: 4, target: 150, more: false });
    const headings = lines.filter((line) => line.kind === "heading");
    expect(headings.map((heading) => heading.key)).toEqual([...new Set(days)]);
    expect(headings.every((heading) => heading.height === HEADING_PX)).toBe(true);
    for (const row of rowsOf(lines)) expect(new Set(days.slice(row.start, row.end)).size).toBe(1);
  });
});

describe("arrows", () => {
  const lines = layOut(proportions(100, 1), null, { width: 1000, gap: 4, target: 150, more: false });
  const go = (from: number, direction: Parameters<typeof neighbour>[2]) =>
    neighbour(lines, from, direction, 100, 4);

  it("go to the neighbour, and stop at the ends", () => {
    expect([go(0, "left"), go(0, "right"), go(99, "right"), go(50, "first"), go(50, "last")]).toEqual([
      0, 1, 99, 0, 99,
    ]);
  });

  it("go to the row above or below, and back to near where they came from", () => {
    for (let index = 0; index < 100; index++) {
      const below = go(index, "down");
      const row = lineOf(lines, index);
      expect(lineOf(lines, below)).toBe(Math.min(lines.length - 1, row + 1));
      if (row > 0) expect(lineOf(lines, go(index, "up"))).toBe(row - 1);
    }
  });
});
