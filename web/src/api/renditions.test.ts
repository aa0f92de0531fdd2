import { expect, it } from "vitest";
import { mayBePictured } from "./renditions";

const check = (kind: string, previewed: boolean, placeholder: string | null, expected: boolean) =>
  expect(mayBePictured({ kind, previewed, placeholder })).toBe(expected);

it("a picture is asked for only where there can be one", () => {
  check("image", true, "1QcS", true);
  check("audio", true, "1QcS", true);
  check("audio", true, null, false);
  check("image", true, null, false);
  check("image", false, null, false);
});

it("a document may be drawn when it is asked for", () => {
  check("document", true, null, true);
  check("document", false, null, false);
});
