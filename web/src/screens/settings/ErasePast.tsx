/** Erasing the past of an asset, which is named by its address. */
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { readAsset } from "../../api/assets";
import { erasePast } from "../../api/keeping";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { ErasedVerdict } from "./ErasedVerdict";
import { EraseModal } from "./EraseModal";
import type { Erased } from "./erased";
import { meantBy } from "./meant";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

export function ErasePast() {
  const cache = useQueryClient();
  const [params, setParams] = useSearchParams();
  const meant = meantBy(params.get("asset") ?? "");
  const asset = meant && "asset" in meant ? meant.asset : null;
  const held = useQuery({ ...readAsset(asset ?? ""), enabled: asset !== null });
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Erased | null>(null);
  const name = asset ? (held.data?.asset.name ?? null) : null;
  return (
    <section className={ui.section} aria-label={words.erase.past}>
      <h2>{words.erase.past}</h2>
      <p>{words.erase.pastGoes}</p>
      <p>{words.erase.pastStays}</p>
      <WhichAsset onMeant={(id) => setParams({ asset: id })} />
      {asset && held.error && <Verdict how="ask">{held.error.message || words.noAnswer}</Verdict>}
      {done && <ErasedVerdict erased={done} />}
      {asset && name !== null && (
        <div className={ui.line}>
          <Link className="link grow cut" to={`/assets/${asset}`}>
            {name}
          </Link>
          <Button c="var(--dm-no)" aria-label={words.erase.titlePast(name)} onClick={() => setAsking(true)}>
            {words.erase.act}
          </Button>
        </div>
      )}
      <EraseModal
        name={asking ? name : null}
        title={words.erase.titlePast(name ?? "")}
        goes={words.erase.pastGoes}
        stays={words.erase.pastStays}
        sure={words.erase.surePast}
        act={() => erasePast(asset ?? "")}
        onDone={(erased) => {
          setDone(erased);
          setAsking(false);
          cache.invalidateQueries({ queryKey: ["history", asset] });
        }}
        onClose={() => setAsking(false)}
      />
    </section>
  );
}

function WhichAsset({ onMeant }: { onMeant: (id: string) => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const meant = meantBy(text);
    const asset = meant && "asset" in meant ? meant.asset : null;
    setWrong(asset === null);
    if (asset) onMeant(asset);
  };
  return (
    <form className={styles.inline} onSubmit={submit}>
      <TextInput
        label={words.erase.asset}
        error={wrong && words.erase.notMeant}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit">{words.erase.assetAct}</Button>
    </form>
  );
}
