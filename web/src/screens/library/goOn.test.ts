import { expect, it } from "vitest";
import { goOn } from "./goOn";

const check = (gone: string, focus: number, expected: string | null) =>
  expect(goOn([..."abcde"], new Set(gone), focus)).toBe(expected);

it("the focus goes to the next that stays", () => {
  check("b", 1, "c");
  check("bcd", 1, "e");
  check("bd", 2, "c");
});

it("at the end it goes back, and nowhere when nothing stays", () => {
  check("e", 4, "d");
  check("de", 3, "c");
  check("abcde", 2, null);
});

it("without a focus it goes to what followed the first", () => check("c", -1, "d"));
