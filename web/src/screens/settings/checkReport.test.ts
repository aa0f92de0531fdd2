import { describe, expect, it } from "vitest";
import type { CheckStep } from "../../api/types";
import { FAULTS_SHOWN, NOTHING, stateOf, withStep } from "./checkReport";

const line = (area: string, detail: string, fault = false, holds: boolean | null = null): CheckStep => ({
  area,
  fault,
  mended: false,
  holds,
  detail,
});
const told = (...steps: CheckStep[]) => steps.reduce(withStep, NOTHING);

describe("what a check told", () => {
  it("is put by area, with faults and walls apart", () => {
    const report = told(
      line("glass", "network holds: no socket opens", false, true),
      line("glass", "landlock does not hold on this machine: old kernel", false, false),
      line("journal", "12 facts, 0 erased"),
      { area: "bytes", done: 5, of: 10 },
      line("bytes", "file ab is missing", true),
    );
    expect(report.walls.map(({ holds }) => holds)).toEqual([true, false]);
    expect(report.areas.journal.told).toEqual(["12 facts, 0 erased"]);
    expect(report.areas.bytes).toEqual({ told: [], progress: { done: 5, of: 10 }, faults: 1 });
    expect(report.faults).toEqual([{ area: "bytes", detail: "file ab is missing" }]);
  });

  it("says what was mended apart from what is wrong", () => {
    const mended: CheckStep = {
      area: "index",
      fault: false,
      mended: true,
      holds: null,
      detail: "made again",
    };
    const report = told(line("bytes", "file ab is missing", true), mended);
    expect(report.mended).toEqual([{ area: "index", detail: "made again" }]);
    expect([report.faultCount, report.mendedCount, report.areas.index.told.length]).toEqual([1, 1, 0]);
  });

  it("says of each area how it stands", () => {
    const report = told(line("journal", "fine"), { area: "catalog", done: 1, of: 2 });
    const states = (over: "going" | "ended" | "cut") =>
      (["journal", "notary", "catalog", "bytes"] as const).map((area) => stateOf(report, area, over));
    expect(states("going")).toEqual(["whole", "whole", "going", "waiting"]);
    expect(states("cut")).toEqual(["whole", "whole", "cut", "waiting"]);
    expect(states("ended")).toEqual(["whole", "whole", "whole", "whole"]);
    expect(stateOf(NOTHING, "glass", "going")).toBe("going");
    expect(stateOf(told(line("index", "asset x cannot be found", true)), "index", "ended")).toBe("faulty");
  });

  it("keeps so many faults and counts all, and a fault of an area that is not known is one too", () => {
    const many = Array.from({ length: FAULTS_SHOWN + 5 }, (_, at) => line("bytes", `file ${at}`, true));
    const report = told(...many, line("weather", "it rains", true));
    expect(report.faults).toHaveLength(FAULTS_SHOWN);
    expect(report.faultCount).toBe(FAULTS_SHOWN + 6);
  });

  it("that a later line tells of an earlier area does not go back", () => {
    const report = told(
      line("index", "9 assets can be found"),
      line("journal", "could not be checked", true),
    );
    expect(stateOf(report, "journal", "going")).toBe("faulty");
    expect(stateOf(report, "index", "going")).toBe("going");
  });
});
