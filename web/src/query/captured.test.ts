import { describe, expect, it } from "vitest";
import { BARS_MAX, bars, inRange, rangeText } from "./captured";

describe("the histogram of capture dates", () => {
  it("has a bar for every month between the first and the last", () => {
    expect(
      bars([
        { value: "2026-02", count: 4 },
        { value: "2025-11", count: 1 },
      ]),
    ).toEqual([
      { key: "2025-11", count: 1 },
      { key: "2025-12", count: 0 },
      { key: "2026-01", count: 0 },
      { key: "2026-02", count: 4 },
    ]);
  });

  it("adds days up to months", () => {
    expect(
      bars([
        { value: "2026-02-01", count: 4 },
        { value: "2026-02-28", count: 1 },
      ]),
    ).toEqual([{ key: "2026-02", count: 5 }]);
  });

  it("turns to years when the months are too many to press", () => {
    const months = [
      { value: "2019-05", count: 2 },
      { value: "2026-06", count: 3 },
      { value: "2026-01", count: 1 },
    ];
    expect(bars(months).map((bar) => bar.key)).toEqual([
      "2019",
      "2020",
      "2021",
      "2022",
      "2023",
      "2024",
      "2025",
      "2026",
    ]);
    expect(bars(months).at(-1)?.count).toBe(4);
  });

  it("keeps to a bounded number of bars, and passes over dates before photography", () => {
    const odd = [
      { value: "0001-01", count: 1 },
      { value: "1904-01", count: 1 },
      { value: "2106-02", count: 1 },
      { value: "2026-01", count: 9 },
    ];
    expect(bars(odd).length).toBeLessThanOrEqual(Math.max(60, BARS_MAX));
    expect(bars([{ value: "rubbish", count: 3 }])).toEqual([]);
    expect(bars([])).toEqual([]);
  });
});

describe("a chosen time", () => {
  it("is written as the query writes it", () => {
    expect(rangeText("2026-06", "2026-06")).toBe("2026-06");
    expect(rangeText("2026-08", "2026-06")).toBe("2026-06..2026-08");
  });

  it.each([
    ["2026-06", "2026-06..2026-08", true],
    ["2026-09", "2026-06..2026-08", false],
    ["2026-06", "2026", true],
    ["2026", "2026-06..", true],
    ["2025", "2026-06..", false],
    ["2026-01", "..2026-06", true],
    ["2026-06", "2026-06-14", true],
    ["2026-06", ">2026", false],
    ["2026-06", null, false],
  ])("bar %s in %o: %s", (key, range, expected) => {
    expect(inRange(key, range)).toBe(expected);
  });
});
