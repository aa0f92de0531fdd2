/** Whether a file of this machine has the very bytes of an asset: then it is here already, and nobody needs to be asked
 *  what should become of it. */
import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Larger files are not read for that alone: a browser hashes some 100 MB a second. */
export const BYTES_MAX = 256_000_000;
const AT_ONCE = 1_000_000;

interface Kept {
  bytes: number;
  /** BLAKE3, in hexadecimal digits. */
  hash: string;
}

export async function hasBytesOf(file: Blob, kept: Kept): Promise<boolean> {
  if (file.size !== kept.bytes || file.size > BYTES_MAX) return false;
  const hash = blake3.create();
  // Piece by piece: between them the page answers.
  for (let at = 0; at < file.size; at += AT_ONCE) {
    hash.update(new Uint8Array(await file.slice(at, at + AT_ONCE).arrayBuffer()));
  }
  return bytesToHex(hash.digest()) === kept.hash;
}
