/** Erasing, and the look at the log afterwards: what was signed before has to be the beginning of what is signed now. */
import { readConsistency, readSigned } from "../../api/keeping";
import { readCheckpoint } from "../../proof/note";
import { provenOlder } from "../../proof/proven";

export interface Erased {
  name: string;
  /** Facts whose values are gone. */
  facts: number;
  proofs: { good: boolean; older: number; newer: number } | { unknown: string };
}

/** Does it, with the checkpoint of before in hand. */
export async function erased(name: string, act: () => Promise<{ facts: number }>): Promise<Erased> {
  const before = await readSigned().then(
    ({ note }) => readCheckpoint(note),
    () => null,
  );
  const { facts } = await act();
  if (!before) return { name, facts, proofs: { unknown: "" } };
  try {
    const proof = await readConsistency(before.size);
    const { good, signed } = await provenOlder(before, proof);
    return {
      name,
      facts,
      proofs: { good: good && signed !== "not-signed", older: before.size, newer: proof.size },
    };
  } catch (cause) {
    return { name, facts, proofs: { unknown: cause instanceof Error ? cause.message : "" } };
  }
}
