import { expect, it } from "vitest";
import type { FindingCode } from "../../api/types";
import { type Blank, blankOf } from "./blank";

const decoded = { kind: "image", bytes: 9, previewed: true, failed: false, placeholder: "1QcS" };
const waiting = { ...decoded, previewed: false, placeholder: null };
const undecoded = { ...decoded, placeholder: null };
const found = (...codes: FindingCode[]) => ({ findings: codes.map((code) => ({ code, detail: "" })) });

const check = (asset: Parameters<typeof blankOf>[0], expected: Blank | null) =>
  expect(blankOf(asset)).toBe(expected);

it("a picture that was decoded is shown, whatever was found besides", () => {
  check(decoded, null);
  check({ ...decoded, ...found("truncated") }, null);
});

it("a file without bytes is empty before anything else", () => {
  check({ ...waiting, bytes: 0 }, "empty");
  check({ ...undecoded, kind: "other", ...found("empty", "undecodable") }, "empty");
});

it("a picture is on its way until its previews are made or failed", () => {
  check(waiting, "coming");
  check({ ...waiting, ...found("extension-differs") }, "coming");
  check({ ...waiting, failed: true }, "undecoded");
  check(undecoded, "undecoded");
});

it("what is no picture has none, unless a decoder says why", () => {
  check({ ...waiting, kind: "font" }, "pictureless");
  check({ ...undecoded, kind: "video", ...found("decoder-died") }, "undecoded");
  check({ ...undecoded, kind: "document" }, "pictureless");
  check({ ...undecoded, kind: "document", ...found("encrypted") }, "undecoded");
});
