/** Proofs of a Merkle tree, checked as RFC 9162 says: inclusion after 2.1.3.2, consistency after 2.1.4.2. Sizes and
 *  places are whole numbers up to 2^53: halved, never shifted, because JavaScript shifts 32 bits. */
import { type Hash, sameBytes, sha256 } from "./sha256";

/** The hash of a leaf (2.1.1). */
export const leafHash = (entry: Uint8Array) => sha256(Uint8Array.of(0), entry);

const nodeHash = (left: Hash, right: Hash) => sha256(Uint8Array.of(1), left, right);

const isPlace = (value: number) => Number.isSafeInteger(value) && value >= 0;
const isOdd = (value: number) => value % 2 === 1;
const half = (value: number) => Math.floor(value / 2);

/** Whether `path` leads from the leaf at `index` to the root over `size` leaves. */
export async function includes(
  leaf: Hash,
  index: number,
  size: number,
  path: readonly Hash[],
  root: Hash,
): Promise<boolean> {
  if (!isPlace(index) || !isPlace(size) || index >= size) return false;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      hash = await nodeHash(beside, hash);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = await nodeHash(hash, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameBytes(hash, root);
}

/** A tree: how many leaves, and the root over them. */
export interface Tree {
  size: number;
  root: Hash;
}

/** Whether `path` proves that the older tree is the beginning of the newer one. */
export async function extendsTree(older: Tree, newer: Tree, path: readonly Hash[]): Promise<boolean> {
  if (!isPlace(older.size) || !isPlace(newer.size) || older.size === 0 || older.size > newer.size)
    return false;
  if (older.size === newer.size) return path.length === 0 && sameBytes(older.root, newer.root);
  if (path.length === 0) return false;
  const steps = isPowerOfTwo(older.size) ? [older.root, ...path] : [...path];
  let [place, last] = [older.size - 1, newer.size - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  const [start, ...rest] = steps as [Hash, ...Hash[]];
  let [old, fresh] = [start, start];
  for (const beside of rest) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      old = await nodeHash(beside, old);
      fresh = await nodeHash(beside, fresh);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      fresh = await nodeHash(fresh, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameBytes(old, older.root) && sameBytes(fresh, newer.root);
}

function isPowerOfTwo(value: number): boolean {
  let left = value;
  while (left > 1 && !isOdd(left)) left = half(left);
  return left === 1;
}
