import { expect, it } from "vitest";
import { blockedBy } from "./blocked";

const checkout = { by: "ada", name: "Ada", at: "2026-11-24T10:00:00Z", note: "" };

it("what someone else has checked out, or lies in the trash, cannot be changed", () => {
  expect(blockedBy({ trashed: null, checkout: null }, "noor")).toBeNull();
  expect(blockedBy({ trashed: null, checkout }, "ada")).toBeNull();
  expect(blockedBy({ trashed: null, checkout }, "noor")).toBe("Ada has it checked out");
  expect(blockedBy({ trashed: null, checkout: { ...checkout, name: null } }, null)).toBe(
    "somebody has it checked out",
  );
  expect(blockedBy({ trashed: "2026-11-24T10:00:00Z", checkout }, "ada")).toBe("It lies in the trash");
});
