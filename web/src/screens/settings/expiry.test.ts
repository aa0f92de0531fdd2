import { expect, it } from "vitest";
import { endOf, hasEnded } from "./expiry";

const NOW = Date.parse("2026-11-23T18:00:00Z");

it("a key of ninety days ends ninety days from now", () => {
  expect(endOf(90, NOW)).toBe("2027-02-21T18:00:00.000Z");
});

it("a key has ended from the instant it names", () => {
  expect(hasEnded("2026-11-23T18:00:00Z", NOW)).toBe(true);
  expect(hasEnded("2026-11-23T18:00:01Z", NOW)).toBe(false);
});
