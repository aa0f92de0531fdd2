import { expect, it } from "vitest";
import { isTrash, speaksOfTrash } from "./trash";

it("a view of the trash finds nothing else", () => {
  expect(isTrash("is:trashed")).toBe(true);
  expect(isTrash("harbour is:trashed")).toBe(true);
  expect(isTrash("-is:trashed")).toBe(false);
  expect(isTrash("trashed")).toBe(false);
  expect(isTrash("")).toBe(false);
});

it("a query that speaks of the trash may find what lies there", () => {
  for (const query of [
    "is:trashed",
    "-is:trashed",
    "trashed:2026",
    "has:trashed",
    "(is:failed OR is:trashed)",
    "is:failed,trashed",
  ])
    expect(speaksOfTrash(query), query).toBe(true);
  for (const query of ["", "trashed", "is:failed", "untrashed:x"])
    expect(speaksOfTrash(query), query).toBe(false);
});
