import { expect, it } from "vitest";
import { hasBytesOf } from "./sameBytes";

/** BLAKE3 of "abc", from the reference implementation's b3sum. */
const ABC = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";

it("a file is here already when every byte is the same", async () => {
  expect(await hasBytesOf(new Blob(["abc"]), { bytes: 3, hash: ABC })).toBe(true);
  expect(await hasBytesOf(new Blob(["abd"]), { bytes: 3, hash: ABC })).toBe(false);
  expect(await hasBytesOf(new Blob(["abcd"]), { bytes: 3, hash: ABC })).toBe(false);
});
