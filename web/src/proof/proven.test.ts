/** Proofs as the server makes them (`vectors.json`, written by a test of its own), judged as the page does. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConsistencyProof, InclusionProof } from "../api/types";
import { isSigned, readCheckpoint } from "./note";
import { provenFact, provenOlder } from "./proven";
import { sha256, toHex } from "./sha256";
import text from "./vectors.json?raw";

const { inclusions, consistencies } = JSON.parse(text) as {
  inclusions: InclusionProof[];
  consistencies: (ConsistencyProof & { older: string })[];
};

const older = (proof: { older: string }) => {
  const read = readCheckpoint(proof.older);
  if (!read) throw new Error("no checkpoint");
  return read;
};
const largest = inclusions.at(-4) as InclusionProof;

afterEach(() => vi.unstubAllGlobals());

describe("a fact", () => {
  it("is proven by each proof that the server makes", async () => {
    expect(inclusions.length).toBeGreaterThan(40);
    for (const proof of inclusions) {
      const judged = await provenFact(proof);
      expect(judged).toMatchObject({ good: true, signed: "signed" });
      expect(judged.entry?.seq).toBe(proof.index + 1);
    }
  });

  it("is not proven by another entry, place, path or root", async () => {
    const other = inclusions.at(-1) as InclusionProof;
    const [first = "", ...rest] = largest.path;
    const forged: InclusionProof[] = [
      { ...largest, entry: largest.entry.replace("edited", "purged") },
      { ...largest, entry: other.entry },
      { ...largest, index: other.index, entry: other.entry },
      { ...largest, path: rest },
      { ...largest, path: [toHex(await sha256()), ...rest] },
      { ...largest, path: [first.toUpperCase(), ...rest] },
      { ...largest, size: largest.size - 1 },
      { ...largest, checkpoint: inclusions[0]?.checkpoint ?? "" },
      { ...largest, entry: "no JSON" },
    ];
    for (const proof of forged) expect((await provenFact(proof)).good).toBe(false);
  });
});

describe("a checkpoint", () => {
  it("is the beginning of the later ones, and of no other log", async () => {
    for (const proof of consistencies) {
      expect(await provenOlder(older(proof), proof)).toEqual({ good: true, signed: "signed" });
      const forged = { ...older(proof), root: await sha256(older(proof).root) };
      expect((await provenOlder(forged, proof)).good).toBe(false);
    }
  });

  it("is signed by its own key and by no other, and for what it says alone", async () => {
    const { checkpoint, verifier } = largest;
    expect(await isSigned(checkpoint, verifier)).toBe("signed");
    expect(await isSigned(checkpoint.replaceAll("\n", "\r\n"), verifier), "pasted on Windows").toBe("signed");
    const raised = checkpoint.replace("\n13\n", "\n14\n");
    expect(raised).not.toBe(checkpoint);
    expect(await isSigned(raised, verifier)).toBe("not-signed");
    expect(await isSigned(checkpoint.replace("damask/vectors\n", "other\n"), verifier)).toBe("not-signed");
    expect(await isSigned(checkpoint, verifier.replace("damask/vectors", "other"))).toBe("not-signed");
    expect(await isSigned(checkpoint, "nothing")).toBe("not-signed");
    expect(await isSigned("nothing", verifier)).toBe("not-signed");
  });

  it("says what it says, and a text that is none says nothing", () => {
    expect(readCheckpoint(largest.checkpoint)).toMatchObject({ origin: "damask/vectors", size: 13 });
    expect(readCheckpoint(`  \n${largest.checkpoint}`)?.size).toBe(13);
    for (const none of ["", "a", "a\n1", "a\n01\nAAAA\n", "a\n1\n!\n", `a\n${"9".repeat(17)}\nAAAA\n`])
      expect(readCheckpoint(none), none).toBeNull();
  });
});

it("a browser that gives the page no SHA-256 of its own comes to the same, and says what it cannot check", async () => {
  vi.stubGlobal("crypto", {});
  expect(await provenFact(largest)).toMatchObject({ good: true, signed: "unknown" });
  expect((await provenFact({ ...largest, entry: `${largest.entry} ` })).good).toBe(false);
});
