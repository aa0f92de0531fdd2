/** Proof: what was signed, that a fact is in it, and that an older checkpoint is its beginning. */
import { useSearchParams } from "react-router";
import { words } from "../../words";
import { CheckpointCard } from "./CheckpointCard";
import { LookUp } from "./LookUp";
import { meantBy } from "./meant";
import { OlderCheckpoint } from "./OlderCheckpoint";
import { ProofOfAsset } from "./ProofOfAsset";
import { ProofOfFact } from "./ProofOfFact";
import { SettingsPage } from "./SettingsPage";

export default function Proof() {
  const [params, setParams] = useSearchParams();
  const fact = meantBy(params.get("fact") ?? "");
  const asset = meantBy(params.get("asset") ?? "");
  return (
    <SettingsPage title={words.sections.proof.title} about={words.proof.about}>
      <CheckpointCard />
      <LookUp
        onMeant={(meant) =>
          setParams("fact" in meant ? { fact: String(meant.fact) } : { asset: meant.asset })
        }
      >
        {fact && "fact" in fact && <ProofOfFact key={fact.fact} fact={fact.fact} />}
        {asset && "asset" in asset && <ProofOfAsset key={asset.asset} asset={asset.asset} />}
      </LookUp>
      <OlderCheckpoint />
    </SettingsPage>
  );
}
