import { expect, it } from "vitest";
import { insteadOf, isUnreadable, whyNot } from "./refusal";

it("a query that cannot be read is told from a server that fails or is silent", () => {
  expect([400, 422].map((status) => isUnreadable({ status, message: "" }))).toEqual([true, true]);
  expect([0, 401, 403, 500].some((status) => isUnreadable({ status, message: "" }))).toBe(false);
  expect(whyNot({ status: 422, message: "a bracket is not closed" })).toBe("The search cannot be read");
  expect(whyNot({ status: 0, message: "HTTP 0" })).toBe("The server does not answer.");
  expect(whyNot({ status: 500, message: "the index is closed" })).toBe("the index is closed");
});

it("a result left on show is named by the query that found it", () => {
  expect(insteadOf(" mountain ")).toBe("Below is what “mountain” found before.");
  expect(insteadOf("  ")).toBe("Below is the whole library, as it was shown before.");
});
