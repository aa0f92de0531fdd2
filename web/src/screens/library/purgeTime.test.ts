import { expect, it } from "vitest";
import { goesText, keepsText, keptMs } from "./purgeTime";

const DAY = 86_400_000;
const trashed = "2026-11-01T12:00:00Z";
const at = (days: number) => Date.parse(trashed) + days * DAY;

it("the trash keeps as long as between the two instants of one asset", () => {
  expect(keptMs({ trashed, purge_at: "2026-12-01T12:00:00Z" })).toBe(30 * DAY);
  expect(keptMs({ trashed, purge_at: null })).toBeNull();
});

it("says in whole days when an asset goes", () => {
  expect(goesText({ trashed }, 30 * DAY, at(0.5))).toBe("Goes in 29 days");
  expect(goesText({ trashed }, 30 * DAY, at(28.5))).toBe("Goes in 1 day");
  expect(goesText({ trashed }, 30 * DAY, at(29.5))).toBe("Goes today");
  expect(goesText({ trashed }, null, at(1))).toBe("Stays until it is deleted");
  expect(goesText({ trashed: null }, 30 * DAY, at(1))).toBeNull();
});

it("says how long the trash keeps all of it", () => {
  expect(keepsText(30 * DAY)).toBe("Deleted for ever 30 days after it was put here");
  expect(keepsText(DAY)).toBe("Deleted for ever 1 day after it was put here");
  expect(keepsText(null)).toBe("Stays until somebody deletes it for ever");
});
