/** The same numbers in two ways: by the rules of RFC 9162's definitions (2.1.1, 2.1.3.1, 2.1.4.1) and by its checks. */
import { describe, expect, it } from "vitest";
import { fromHex, type Hash, sha256, toHex } from "./sha256";
import { extendsTree, includes, leafHash } from "./tree";

/** The entries with which implementations of Certificate Transparency are tested. */
const ENTRIES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map(fromHex);
/** The roots that they have there, over the first 1 to 8. */
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const split = (count: number) => 2 ** Math.ceil(Math.log2(count) - 1);

async function rootOf(leaves: Hash[]): Promise<Hash> {
  const [only] = leaves;
  if (leaves.length === 0 || !only) return sha256();
  if (leaves.length === 1) return only;
  const at = split(leaves.length);
  return sha256(Uint8Array.of(1), await rootOf(leaves.slice(0, at)), await rootOf(leaves.slice(at)));
}

async function inclusionOf(index: number, leaves: Hash[]): Promise<Hash[]> {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  return index < at
    ? [...(await inclusionOf(index, leaves.slice(0, at))), await rootOf(leaves.slice(at))]
    : [...(await inclusionOf(index - at, leaves.slice(at))), await rootOf(leaves.slice(0, at))];
}

async function consistencyOf(old: number, leaves: Hash[], whole = true): Promise<Hash[]> {
  if (old === leaves.length) return whole ? [] : [await rootOf(leaves)];
  const at = split(leaves.length);
  return old <= at
    ? [...(await consistencyOf(old, leaves.slice(0, at), whole)), await rootOf(leaves.slice(at))]
    : [...(await consistencyOf(old - at, leaves.slice(at), false)), await rootOf(leaves.slice(0, at))];
}

describe("the entries of Certificate Transparency", () => {
  it("have the roots that they have there", async () => {
    const leaves = await Promise.all(ENTRIES.map(leafHash));
    const roots = await Promise.all(ROOTS.map((_, index) => rootOf(leaves.slice(0, index + 1))));
    expect(roots.map(toHex)).toEqual(ROOTS);
  });

  it("are each proven in each tree, in their place and no other", async () => {
    const leaves = await Promise.all(ENTRIES.map(leafHash));
    for (const [at, rootText] of ROOTS.entries()) {
      const [size, root] = [at + 1, fromHex(rootText)];
      for (let index = 0; index < size; index++) {
        const path = await inclusionOf(index, leaves.slice(0, size));
        const leaf = leaves[index] as Hash;
        expect(await includes(leaf, index, size, path, root), `${index} of ${size}`).toBe(true);
        for (let other = 0; other < size + 2; other++) {
          if (other !== index) expect(await includes(leaf, other, size, path, root)).toBe(false);
        }
        expect(await includes(leaf, index, size, [...path, root], root)).toBe(false);
        expect(await includes(await leafHash(fromHex("ff")), index, size, path, root)).toBe(false);
        if (path.length > 0) expect(await includes(leaf, index, size, path.slice(1), root)).toBe(false);
      }
    }
  });

  it("make trees that are each the beginning of every later one", async () => {
    const leaves = await Promise.all(ENTRIES.map(leafHash));
    for (let size = 1; size <= 8; size++) {
      const newer = { size, root: fromHex(ROOTS[size - 1] as string) };
      for (let old = 1; old <= size; old++) {
        const older = { size: old, root: fromHex(ROOTS[old - 1] as string) };
        const path = await consistencyOf(old, leaves.slice(0, size));
        expect(await extendsTree(older, newer, path), `${old} of ${size}`).toBe(true);
        const forged = { size: old, root: await sha256(older.root) };
        expect(await extendsTree(forged, newer, path), `forged ${old} of ${size}`).toBe(false);
        expect(await extendsTree(older, { size, root: await sha256(newer.root) }, path)).toBe(false);
        expect(await extendsTree(older, newer, [...path, newer.root])).toBe(false);
        if (path.length > 0) expect(await extendsTree(older, newer, path.slice(0, -1))).toBe(false);
      }
    }
  });
});

describe("what is no proof", () => {
  const root = fromHex(ROOTS[0] as string);

  it("says nothing of a tree without leaves, of places that are none, of a newer one that is smaller", async () => {
    expect(await includes(root, 0, 0, [], root)).toBe(false);
    expect(await includes(root, -1, 1, [], root)).toBe(false);
    expect(await includes(root, 0.5, 1, [], root)).toBe(false);
    expect(await extendsTree({ size: 0, root }, { size: 1, root }, [])).toBe(false);
    expect(await extendsTree({ size: 2, root }, { size: 1, root }, [])).toBe(false);
  });

  it("is told in trees of more than 2^32 leaves as well", async () => {
    // The last leaf of 2^40 + 1 stands beside the complete tree of all before it.
    const [beside, leaf] = [await leafHash(fromHex("01")), await leafHash(fromHex("02"))];
    const [size, whole] = [2 ** 40 + 1, await sha256(Uint8Array.of(1), beside, leaf)];
    expect(await includes(leaf, 2 ** 40, size, [beside], whole)).toBe(true);
    expect(await includes(leaf, 2 ** 40 - 1, size, [beside], whole)).toBe(false);
    expect(await extendsTree({ size: 2 ** 40, root: beside }, { size, root: whole }, [leaf])).toBe(true);
  });
});
