import { expect, it } from "vitest";
import { parsed } from "./fieldText";

it.each([
  [{ type: "text", many: false }, " A lake ", ["A lake"]],
  [{ type: "text", many: false }, "  ", null],
  [{ type: "keyword", many: true }, "lake\n\n dawn ", ["lake", "dawn"]],
  [{ type: "integer", many: false }, "−1", [-1]],
  [{ type: "integer", many: false }, "five", ["five"]],
  [{ type: "boolean", many: false }, "Yes", [true]],
  [{ type: "position", many: false }, "47.6, -9.25", [{ latitude: 47.6, longitude: -9.25 }]],
  [{ type: "position", many: false }, "47.6 9 396", [{ latitude: 47.6, longitude: 9, altitude_m: 396 }]],
  [{ type: "position", many: false }, "the lake", ["the lake"]],
])("%o reads %o as %o", (field, text, values) => {
  expect(parsed(field, text)).toEqual(values);
});
