import { expect, it } from "vitest";
import { isCut } from "./cut";

const MAX = 3;
const lists = (more: boolean, findings: number, locations: number) => ({
  more,
  findings: Array(findings).fill({ code: "truncated", detail: "" }),
  locations: Array(locations).fill({ place: "store", path: "" }),
  versions: [],
});

it("an asset whose lists are whole has none that was cut", () => {
  expect(isCut(lists(false, MAX, MAX), "findings")).toBe(false);
});

it("of an asset whose answer was cut, the full lists are told and the short ones are not", () => {
  const asset = lists(true, MAX, 1);
  expect(isCut(asset, "findings")).toBe(true);
  expect(isCut(asset, "locations")).toBe(false);
  expect(isCut(asset, "versions")).toBe(false);
});
