import { expect, it } from "vitest";
import { pace, running, type Stage, totalsOf, type Upload } from "./store";

const upload = (id: string, bytes: number, stage: Stage): Upload => ({ id, path: id, bytes, stage });
const ended = (outcome: "imported" | "already-here"): Stage => ({
  kind: "ended",
  outcome,
  asset: null,
  reason: null,
});

it("totals count what is done, what is on its way, and leave failures out of the bytes to go", () => {
  const totals = totalsOf([
    upload("a", 100, ended("imported")),
    upload("b", 50, ended("already-here")),
    upload("c", 200, { kind: "sending", sent: 80 }),
    upload("d", 10, { kind: "waiting" }),
    upload("e", 1000, { kind: "failed", why: "no" }),
  ]);
  expect(totals).toMatchObject({ files: 5, ended: 2, failed: 1, bytes: 360, bytesDone: 230 });
  expect(totals.outcomes).toMatchObject({ imported: 1, "already-here": 1 });
  expect(running(totals)).toBe(true);
});

it("rate and time left come from the run, not from what was there before it", () => {
  const list = [upload("a", 1000, ended("imported")), upload("b", 1000, { kind: "sending", sent: 500 })];
  const held = { list, totals: totalsOf(list), began: 10_000, bytesBefore: 1000 };
  expect(pace(held, 15_000)).toEqual({ perSecond: 100, left: 5 });
  expect(pace(held, 10_500)).toBeNull();
  expect(pace({ ...held, began: null }, 15_000)).toBeNull();
});
