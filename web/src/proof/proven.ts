/** What the server says of its log, judged here: nothing of it is believed that does not follow from the checkpoint. */
import type { ConsistencyProof, InclusionProof } from "../api/types";
import { type Checkpoint, isSigned, readCheckpoint, type Signed } from "./note";
import { fromHex } from "./sha256";
import { extendsTree, includes, leafHash } from "./tree";

/** The header of a fact as the log holds it. */
export interface Entry {
  seq: number;
  verb: string;
  actor: string;
  subjects: string[];
  at_us: number;
  digest: string;
}

export interface Proven {
  /** Whether the proof leads where it should. */
  good: boolean;
  /** Whether the checkpoint it leads to bears the key's signature. */
  signed: Signed;
}

/** What both proofs lead to; `null` where it contradicts itself. */
function newest(proof: Pick<InclusionProof, "checkpoint" | "size" | "root">): Checkpoint | null {
  const checkpoint = readCheckpoint(proof.checkpoint);
  return checkpoint?.size === proof.size ? checkpoint : null;
}

/** Whether the fact is in the log that was signed. */
export async function provenFact(proof: InclusionProof): Promise<Proven & { entry: Entry | null }> {
  const checkpoint = newest(proof);
  const signed = await isSigned(proof.checkpoint, proof.verifier);
  const entry = readEntry(proof.entry);
  // The fact of that number has its own place, and no other.
  if (!checkpoint || entry?.seq !== proof.index + 1) return { good: false, signed, entry };
  const leaf = await leafHash(new TextEncoder().encode(proof.entry));
  const path = hashes(proof.path);
  const good = path !== null && (await includes(leaf, proof.index, checkpoint.size, path, checkpoint.root));
  return { good, signed, entry };
}

/** Whether what an older checkpoint speaks of is the beginning of the log that was signed last. */
export async function provenOlder(older: Checkpoint, proof: ConsistencyProof): Promise<Proven> {
  const checkpoint = newest(proof);
  const signed = await isSigned(proof.checkpoint, proof.verifier);
  const path = hashes(proof.path);
  const good = checkpoint !== null && path !== null && (await extendsTree(older, checkpoint, path));
  return { good, signed };
}

function readEntry(text: string): Entry | null {
  try {
    const held = JSON.parse(text);
    return Number.isSafeInteger(held?.seq) && Array.isArray(held?.subjects) ? held : null;
  } catch {
    return null;
  }
}

function hashes(texts: readonly string[]) {
  try {
    const path = texts.map(fromHex);
    return path.every((hash) => hash.length === 32) ? path : null;
  } catch {
    return null;
  }
}
