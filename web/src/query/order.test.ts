import { expect, it } from "vitest";
import { askedOrder, hasWords, orderOf, writtenOrder } from "./order";

it.each([
  ["harbour", "", "relevance"],
  ['"old harbour" type:image', "", "relevance"],
  ["(type:image OR boat) width:>=3000", "", "relevance"],
  ["", "", "-added"],
  ["*", "", "-added"],
  ["type:image keywords:harbour", "", "-added"],
  ["-boat", "", "-added"],
  ["NOT boat type:image", "", "-added"],
  ["NOT (boat OR ship)", "", "-added"],
  ["harbour", "-captured", "-captured"],
  ["harbour sort:name", "", "name"],
  ["sort:captured- harbour", "", "-captured"],
  ["harbour sort:name", "-bytes", "-bytes"],
])("%o with the chosen order %o stands by %s", (query, chosen, order) => {
  expect(orderOf(query, chosen)).toBe(order);
});

it("what the query itself says is not said twice", () => {
  expect(askedOrder("harbour sort:name", "")).toBe("");
  expect(askedOrder("harbour sort:name", "-added")).toBe("-added");
  expect(askedOrder("harbour", "")).toBe("relevance");
  expect(askedOrder("type:image", "")).toBe("-added");
});

it("a negation reaches over one condition and no further", () => {
  expect(hasWords("NOT boat harbour")).toBe(true);
  expect(hasWords("NOT NOT harbour")).toBe(true);
  expect(writtenOrder("-sort:name")).toBeNull();
});
