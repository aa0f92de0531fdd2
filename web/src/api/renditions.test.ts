import { expect, it } from "vitest";
import { mayBePictured } from "./renditions";

const check = (previewed: boolean, placeholder: string | null, expected: boolean) =>
  expect(mayBePictured({ previewed, placeholder })).toBe(expected);

it("a picture is asked for only where one was decoded", () => {
  check(true, "1QcS", true);
  check(true, null, false);
  check(false, null, false);
});
