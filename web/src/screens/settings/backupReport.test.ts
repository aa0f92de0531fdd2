import { expect, it } from "vitest";
import type { Backup, BackupFound } from "../../api/types";
import { goneBy, NOT_BEGUN, NOTHING_READ, withBackupStep, withVerifyStep } from "./backupReport";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const backup = (made: string): Backup => ({
  id: made,
  made,
  seq: 1,
  assets: 1,
  originals: 1,
  original_bytes: 1,
  unreadable: 0,
  put_originals: 0,
  put_bytes: 0,
});
const found = (made: string | null): BackupFound => ({
  id: made ?? "broken",
  backup: made === null ? null : backup(made),
  broken: made === null ? "its list is damaged" : null,
});
const SHELF = ["2026-11-24T00:00:00Z", "2026-11-20T00:00:00Z", null, "2026-10-01T00:00:00Z"].map(found);

it("a rule by number keeps the last ones, and the last one always", () => {
  expect([1, 2, 3, 4, 9].map((keep) => goneBy(SHELF, { keep }, NOW))).toEqual([3, 2, 1, 0, 0]);
  expect(goneBy(SHELF, { keep: 0 }, NOW)).toBe(3);
  expect(goneBy([], { keep: 1 }, NOW)).toBe(0);
});

it("a rule by age keeps what is young, and the last one however old", () => {
  expect([1, 5, 100].map((keep_days) => goneBy(SHELF, { keep_days }, NOW))).toEqual([3, 2, 1]);
  expect(goneBy([found("2020-01-01T00:00:00Z")], { keep_days: 1 }, NOW)).toBe(0);
});

it("what is told while a backup is made is put together", () => {
  const progress = {
    files_done: 1,
    bytes_done: 5,
    bytes: 10,
    bytes_moved: 5,
    bytes_per_s: 2,
    seconds_left: 3,
  };
  const steps = [
    { progress },
    { unreadable: { hash: "ab", why: "gone" } },
    { backup: backup("2026-11-24T00:00:00Z") },
  ];
  const made = steps.reduce(withBackupStep, NOT_BEGUN);
  expect(made).toEqual({ progress, unreadable: 1, made: steps[2]?.backup, failed: null });
  expect(withBackupStep(made, { failed: "no room" }).failed).toBe("no room");
});

it("faults of a backup are counted apart from what is whole", () => {
  const steps = [
    { fault: false, detail: "backup a: whole" },
    { fault: true, detail: "original x is missing" },
  ];
  expect(steps.reduce(withVerifyStep, NOTHING_READ)).toEqual({
    faults: ["original x is missing"],
    faultCount: 1,
    told: ["backup a: whole"],
  });
});
