import { describe, expect, it } from "vitest";
import { afterPage, FAULTS_PAGE, goesOn } from "../../api/places";
import type { Fault, Place } from "../../api/types";
import { canSwap, shareOf } from "./placeReport";

const place = (change: Partial<Place> = {}): Place => ({
  rank: "second",
  name: "/mnt/nas",
  found: "",
  encrypted: false,
  filled: true,
  pass: null,
  verified: null,
  faults: 0,
  behind: 0,
  trouble: null,
  ...change,
});
const first = place({ rank: "first" });
const trouble = { since: "", why: "no answer" };
const pass = { began: "", files: 1, bytes: 10 };

describe("how far a pass is", () => {
  it("is told by bytes, and by files where none has any", () => {
    expect(shareOf(pass, { assets: 4, bytes: 40 })).toBe(0.25);
    expect(shareOf(pass, { assets: 2, bytes: 0 })).toBe(0.5);
  });
  it("is nothing of an empty library, and never more than all", () => {
    expect(shareOf(pass, { assets: 0, bytes: 0 })).toBe(0);
    expect(shareOf(pass, { assets: 1, bytes: 5 })).toBe(1);
  });
});

it("places are swapped where the second has everything, undamaged and in reach", () => {
  expect(canSwap([first])).toBe(false);
  expect(canSwap([first, place()])).toBe(true);
  expect(canSwap([first, place({ filled: false })])).toBe(false);
  expect(canSwap([first, place({ faults: 1 })])).toBe(false);
  expect(canSwap([first, place({ trouble })])).toBe(false);
});

it("something goes on while a place is gone through, filled or behind, and not where it is out of reach", () => {
  expect(goesOn([first, place()])).toBe(false);
  expect(goesOn([place({ pass })])).toBe(true);
  expect(goesOn([place({ filled: false })])).toBe(true);
  expect(goesOn([place({ behind: 2 })])).toBe(true);
  expect(goesOn([place({ behind: 2, trouble })])).toBe(false);
});

it("damaged files page on after the last of a full page", () => {
  const fault = (at: number): Fault => ({
    file: `file ${at}`,
    outcome: "missing",
    fault: true,
    detail: null,
    checked: "",
    assets: [],
  });
  const items = Array.from({ length: FAULTS_PAGE }, (_, at) => fault(at));
  expect(afterPage({ items })).toBe(`file ${FAULTS_PAGE - 1}`);
  expect(afterPage({ items: items.slice(1) })).toBeNull();
});
