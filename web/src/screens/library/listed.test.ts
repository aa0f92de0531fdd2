import { expect, it } from "vitest";
import { listed } from "./listed";

const values = [
  { value: "harbour", count: 7 },
  { value: "steel", count: 2 },
];

it("a list says how many values it counted, and of how many", () => {
  expect(listed({ values, more: 18 }, "", "keywords")).toEqual({ values, counted: 2, of: 20 });
});

it("what the query names and nothing has is counted as nothing", () => {
  const { values: shown } = listed({ values, more: 0 }, "keywords:Harbour,fog -keywords:rain", "keywords");
  expect(shown.slice(2)).toEqual([
    { value: "fog", count: 0 },
    { value: "rain", count: 0 },
  ]);
});

it("what the query names is not called nothing when the server did not count all", () => {
  const { values: shown, of } = listed({ values, more: 3 }, "keywords:fog", "keywords");
  expect(shown.at(-1)).toEqual({ value: "fog", count: null });
  expect(of).toBe(5);
});

it("a pattern or a range is not a value of the list", () => {
  expect(listed({ values, more: 0 }, "keywords:har* keywords:a..b", "keywords").values).toEqual(values);
});
