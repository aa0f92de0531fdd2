import { expect, it } from "vitest";
import { notUndone } from "../../acts/undo";
import { canUndo, changesOf, isEdit, SHOWN_MAX, stands } from "./changes";

const labels = new Map([
  ["caption", "Caption"],
  ["keywords", "Keywords"],
]);
const entry = (value: unknown) => ({ value, origin: "person", at: "2026-05-04T18:31:00Z", by: "0198" });
const texts = (...values: string[]) => values.map((text) => entry({ text }));

/** Lines as they are read: label, what stood, what stands. */
function check(before: unknown, after: unknown, expected: string[]) {
  const lines = changesOf(before, after, labels).map(
    ({ label, before, after }) => `${label}: ${before === null ? "" : `${before} → `}${after}`,
  );
  expect(lines).toEqual(expected);
}

it("an edit names the field and what stood there before", () => {
  check({ fields: {} }, { fields: { caption: texts("First line\nSecond line") } }, [
    "Caption: (empty) → First line Second line",
  ]);
  check({ fields: { caption: texts("Old") } }, { fields: {} }, ["Caption: Old → (empty)"]);
});

it("several values are joined by commas, and long ones are cut", () => {
  check({ fields: { keywords: texts("sea") } }, { fields: { keywords: texts("sea", "crane") } }, [
    "Keywords: sea → sea, crane",
  ]);
  const cut = `${"x".repeat(SHOWN_MAX)}…`;
  check({ fields: {} }, { fields: { caption: texts("x".repeat(500)) } }, [`Caption: (empty) → ${cut}`]);
});

it("a value of any type is words, never its notation", () => {
  const fields = {
    caption: [entry({ localized: { language: "de", text: "Kran" } })],
    place: [entry({ position: { latitude: 1.5, longitude: -2 } })],
    frame_rate: [entry({ rate: [30000, 1001] })],
    rating: [entry({ integer: 4 })],
    live: [entry({ boolean: true })],
    odd: [entry({ later: { than: "this" } })],
  };
  check({ fields: {} }, { fields }, [
    "Caption: (empty) → Kran",
    "place: (empty) → 1.5 -2",
    "frame_rate: (empty) → 30000/1001",
    "rating: (empty) → 4",
    "live: (empty) → true",
  ]);
});

it("what the system notes for itself is left out", () => {
  const passage = { version: "0198", kind: "image", lane: "fresh", previews: true };
  check(null, { ...passage, renditions: ["box-256x256.jpg"] }, []);
  check(null, { ...passage, name: "crane.jpg", path: "voyage/crane.jpg", hash: "af13", bytes: 12 }, [
    "Name: crane.jpg",
    "Path: voyage/crane.jpg",
    "Size: 12\u2009B",
  ]);
  check(null, { ...passage, fields: { caption: texts("Crane") } }, ["Caption: Crane"]);
  check({ fields: { caption: texts("Crane") } }, passage, []);
});

it("what is no object changes nothing", () => {
  check(null, null, []);
  check("odd", ["odd"], []);
});

it("only what a person wrote into fields can be undone", () => {
  const sides = { before: { fields: {} }, after: { fields: { caption: texts("New") } } };
  expect(isEdit({ verb: "asset.edited", ...sides })).toBe(true);
  expect(isEdit({ verb: "version.described", ...sides })).toBe(false);
  expect(isEdit({ verb: "asset.edited", before: null, after: { state: "approved" } })).toBe(false);
});

it("an edit that was written over says so in plain words, any other refusal in the server's", () => {
  expect(notUndone({ status: 412, message: "asset 0198 was changed since it was read" })).toBe(
    "Not undone: one of these values was changed again since.",
  );
  expect(notUndone({ status: 404, message: "there is no such edit" })).toBe(
    "Not undone: there is no such edit",
  );
});

it("what can be brought back can be undone, a first version and a purge cannot", () => {
  const fact = (verb: string, before: unknown = null) => canUndo({ verb, before, after: {} });
  for (const verb of ["asset.trashed", "asset.restored", "asset.checked-out", "asset.checked-in"])
    expect(fact(verb), verb).toBe(true);
  expect(fact("version.promoted", { version: "v1" })).toBe(true);
  expect(fact("version.added", { version: "v1" })).toBe(true);
  expect(fact("version.added")).toBe(false);
  for (const verb of ["asset.purged", "asset.ingested", "asset.edited"]) expect(fact(verb), verb).toBe(false);
});

it("what was taken back since is not offered to be undone", () => {
  const now = (trashed: boolean, out: boolean) => ({
    trashed: trashed ? "2026-11-24T10:00:00Z" : null,
    checkout: out ? { by: "a", name: null, at: "2026-11-24T10:00:00Z", note: "" } : null,
  });
  const check = (verb: string, trashed: boolean, out: boolean) =>
    stands({ verb, seq: 7 }, now(trashed, out), [
      { verb, seq: 7 },
      { verb, seq: 3 },
    ]);
  expect([check("asset.trashed", true, false), check("asset.trashed", false, false)]).toEqual([true, false]);
  expect([check("asset.restored", true, false), check("asset.restored", false, false)]).toEqual([
    false,
    true,
  ]);
  expect([check("asset.checked-out", false, true), check("asset.checked-out", false, false)]).toEqual([
    true,
    false,
  ]);
  expect([check("asset.checked-in", false, true), check("asset.checked-in", false, false)]).toEqual([
    false,
    true,
  ]);
  const twice = ["asset.edited", "asset.trashed"].map((verb) =>
    stands({ verb, seq: 3 }, now(true, false), [
      { verb, seq: 7 },
      { verb, seq: 3 },
    ]),
  );
  expect(twice).toEqual([true, false]);
});
