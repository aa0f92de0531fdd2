/** What a check has told so far, by area, faults apart. */
import type { CheckStep } from "../../api/types";

/** In the order in which they are checked. */
export const AREAS = ["glass", "journal", "notary", "catalog", "bytes", "index"] as const;
export type Area = (typeof AREAS)[number];
/** Faults that are kept to be read; of more, their number. */
export const FAULTS_SHOWN = 200;

export interface AreaReport {
  /** What was looked at, in words. */
  told: string[];
  progress: { done: number; of: number } | null;
  faults: number;
}

export interface CheckReport {
  areas: Record<Area, AreaReport>;
  /** How many areas have begun. */
  begun: number;
  faults: { area: string; detail: string }[];
  /** All there are, also those that are not kept. */
  faultCount: number;
  walls: { holds: boolean; detail: string }[];
  /** What was wrong and is right now, the first of it. */
  mended: { area: string; detail: string }[];
  mendedCount: number;
}

const EMPTY: AreaReport = { told: [], progress: null, faults: 0 };

export const NOTHING: CheckReport = {
  areas: { glass: EMPTY, journal: EMPTY, notary: EMPTY, catalog: EMPTY, bytes: EMPTY, index: EMPTY },
  begun: 0,
  faults: [],
  faultCount: 0,
  walls: [],
  mended: [],
  mendedCount: 0,
};

const areaOf = (name: string): Area | undefined => AREAS.find((area) => area === name);

export function withStep(report: CheckReport, step: CheckStep): CheckReport {
  const area = areaOf(step.area);
  const begun = Math.max(report.begun, area ? AREAS.indexOf(area) + 1 : 0);
  const held = area ? report.areas[area] : EMPTY;
  const put = (change: Partial<AreaReport>) =>
    area ? { ...report.areas, [area]: { ...held, ...change } } : report.areas;
  if ("done" in step) return { ...report, begun, areas: put({ progress: { done: step.done, of: step.of } }) };
  if (step.fault) {
    const faults = report.faults.length < FAULTS_SHOWN;
    return {
      ...report,
      begun,
      areas: put({ faults: held.faults + 1 }),
      faults: faults ? [...report.faults, { area: step.area, detail: step.detail }] : report.faults,
      faultCount: report.faultCount + 1,
    };
  }
  if (step.mended) {
    const mended = report.mended.length < FAULTS_SHOWN;
    return {
      ...report,
      begun,
      mended: mended ? [...report.mended, { area: step.area, detail: step.detail }] : report.mended,
      mendedCount: report.mendedCount + 1,
    };
  }
  if (typeof step.holds === "boolean") {
    return { ...report, begun, walls: [...report.walls, { holds: step.holds, detail: step.detail }] };
  }
  return { ...report, begun, areas: put({ told: [...held.told, step.detail] }) };
}

export type AreaState = "waiting" | "going" | "whole" | "faulty" | "cut";

/** How an area stands. `over` is whether the check ended, and whether by itself. */
export function stateOf(report: CheckReport, area: Area, over: "going" | "ended" | "cut"): AreaState {
  if (report.areas[area].faults > 0) return "faulty";
  const place = AREAS.indexOf(area) + 1;
  if (over === "ended" || place < report.begun) return "whole";
  // The first area is under way before it told anything.
  const current = place === Math.max(report.begun, 1);
  if (!current) return "waiting";
  return over === "going" ? "going" : "cut";
}
