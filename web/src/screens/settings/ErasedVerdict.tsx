/** What was erased, and that every proof stays valid. */
import { words } from "../../words";
import type { Erased } from "./erased";
import { Verdict } from "./Verdict";

export function ErasedVerdict({ erased }: { erased: Erased }) {
  const { name, facts, proofs } = erased;
  return (
    <>
      <Verdict how="good">{words.erase.done(name, facts)}</Verdict>
      {"unknown" in proofs ? (
        <Verdict how="ask">{words.erase.proofsLater(proofs.unknown || words.noAnswer)}</Verdict>
      ) : proofs.good ? (
        <Verdict how="good">{words.erase.proofsStand(proofs.older, proofs.newer)}</Verdict>
      ) : (
        <Verdict how="bad">{words.erase.proofsBroken}</Verdict>
      )}
    </>
  );
}
