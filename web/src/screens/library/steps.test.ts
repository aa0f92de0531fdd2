import { expect, it } from "vitest";
import { type Move, REST_MS, Steps } from "./steps";

/** Moves at their times in ms; what stands in the history afterwards, `|` before each entry. */
function check(moves: [number, Move, string][], expected: string) {
  const steps = new Steps();
  const entries = [""];
  for (const [at, move, query] of moves) {
    if (steps.replaces(move, at)) entries.pop();
    entries.push(query);
  }
  expect(entries.join("|")).toBe(expected);
}

it("keys pressed one after another are one step", () => {
  check(
    [
      [0, "typing", "h"],
      [200, "typing", "harb"],
      [900, "typing", "harbour"],
    ],
    "|harbour",
  );
});

it("a typed query that rested is a step, and what is typed after it another", () => {
  check(
    [
      [0, "typing", "harbour"],
      [REST_MS, "typing", "harbour st"],
      [REST_MS + 300, "typing", "harbour steel"],
    ],
    "|harbour|harbour steel",
  );
});

it("enter ends the typing in its own step, however soon the next begins", () => {
  check(
    [
      [0, "typing", "harb"],
      [100, "entered", "harbour"],
      [200, "typing", "m"],
      [300, "typing", "mountain"],
    ],
    "|harbour|mountain",
  );
});

it("a click is a step of its own, also while the typing before it had not rested", () => {
  check(
    [
      [0, "typing", "harbour"],
      [100, "step", "harbour type:image"],
      [200, "step", "harbour type:image keywords:steel"],
    ],
    "|harbour|harbour type:image|harbour type:image keywords:steel",
  );
});

it("after the back button typing makes a new entry", () => {
  const steps = new Steps();
  steps.replaces("typing", 0);
  steps.settle();
  expect(steps.replaces("typing", 100)).toBe(false);
});
