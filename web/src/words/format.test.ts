import { expect, it } from "vitest";
import {
  bytes,
  count,
  day,
  dayKey,
  duration,
  localMoment,
  measure,
  pixels,
  THIN,
  timeLeft,
  took,
} from "./format";

it("counts are exact and grouped, with a true minus", () => {
  expect([count(0), count(999), count(48213), count(-1200)]).toEqual(["0", "999", "48,213", "−1,200"]);
});

it.each([
  [0, `0${THIN}B`],
  [999, `999${THIN}B`],
  [1000, `1${THIN}kB`],
  [999_499, `999${THIN}kB`],
  [999_600, `1${THIN}MB`],
  [8_240_000, `8.2${THIN}MB`],
  [123_456_789, `123${THIN}MB`],
  [10_000_000_000, `10${THIN}GB`],
])("%i bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

it.each([
  [0, "0:00"],
  [42_000_000, "0:42"],
  [725_000_000, "12:05"],
  [3_725_000_000, "1:02:05"],
])("%i µs last %s", (value, text) => expect(duration(value)).toBe(text));

it("times taken and left are short", () => {
  expect([took(850), took(38_000), took(1_200_000)]).toEqual([`0.9${THIN}ms`, `38${THIN}ms`, `1.2${THIN}s`]);
  expect([timeLeft(0.2), timeLeft(16), timeLeft(660), timeLeft(7200)]).toEqual([
    `1${THIN}s`,
    `16${THIN}s`,
    `11${THIN}min`,
    `2${THIN}h`,
  ]);
});

it("a picture measures width × height", () => expect(pixels(6000, 4200)).toBe("6000 × 4200"));

it("a capture keeps the day and hour of the place where it was made", () => {
  expect(dayKey("2026-11-14T23:58:41-05:00")).toBe("2026-11-14");
  expect(localMoment("2026-11-14T23:58:41-05:00")).toMatch(/14.*11:58|14.*23:58/);
});

it("a heading names the year only when it is another", () => {
  expect(day("2026-11-14", 2026)).not.toContain("2026");
  expect(day("2019-11-14", 2026)).toContain("2019");
  expect(day("nonsense", 2026)).toBe("nonsense");
});

it.each([
  ["aperture", 5.6, "ƒ/5.6"],
  ["exposure_time", 0.0169, "1/59 s"],
  ["exposure_time", 2, "2 s"],
  ["sample_rate", 48_000, "48,000 Hz"],
  ["width", 640, "640 px"],
  ["iso", 200, null],
])("%s of %d reads %s", (field, value, said) => {
  expect(measure(field, value)?.replace(/\s/g, " ") ?? null).toBe(said);
});
