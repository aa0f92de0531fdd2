import { expect, it } from "vitest";
import { isMalware, REASONS, reasonOf } from "./reason";

it("every reason that rules and findings can give has its words", () => {
  const rules = ["type-refused", "name-differs", "over-limit", "malware", "decoder-died", "decoder-stopped"];
  const findings = [
    "empty",
    "truncated",
    "undecodable",
    "extension-differs",
    "encrypted",
    "metadata-damaged",
  ];
  const known = REASONS.map(({ value }) => value);
  for (const code of [...rules, ...findings, "decoder-missing"]) expect(known).toContain(code);
  expect(new Set(REASONS.map(({ label }) => label)).size).toBe(REASONS.length);
});

it("a reason that is not known is told by the server's words", () => {
  expect(reasonOf({ code: "new-rule", reason: "it is too blue" })).toEqual({
    short: "new rule",
    long: "it is too blue",
  });
});

it("malware is known as such", () => {
  expect(isMalware({ code: "malware" })).toBe(true);
  expect(isMalware({ code: "over-limit" })).toBe(false);
});
