import { expect, it } from "vitest";
import { afterGone, moved } from "./focus";

const IDS = ["a", "b", "c", "d"];

it("the focus moves by lines and stays within the list", () => {
  expect(moved(IDS, "b", 1)).toBe("c");
  expect(moved(IDS, "b", -1)).toBe("a");
  expect(moved(IDS, "d", 1)).toBe("d");
  expect(moved(IDS, "a", -1)).toBe("a");
  expect(moved(IDS, null, 1)).toBe("a");
  expect(moved(IDS, "gone", -1)).toBe("d");
  expect(moved([], "a", 1)).toBeNull();
});

it("what leaves gives the focus to the next that stays", () => {
  expect(afterGone(IDS, "b", new Set(["b"]))).toBe("c");
  expect(afterGone(IDS, "b", new Set(["b", "c"]))).toBe("d");
  expect(afterGone(IDS, "d", new Set(["c", "d"]))).toBe("b");
  expect(afterGone(IDS, "b", new Set(["a"]))).toBe("b");
  expect(afterGone(IDS, "b", new Set(IDS))).toBeNull();
});
