/** The versions of an asset, newest first. There is a strip only when there is more than one. */
import { rungUrl } from "../../api/addresses";
import type { AssetView } from "../../api/types";
import { Thumb } from "../../ui/Thumb";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Asset.module.css";
import { isCut } from "./cut";
import { VersionMenu } from "./VersionMenu";

interface Props {
  asset: AssetView;
  chosen: string;
  onChoose: (number: number) => void;
  onCompare: (number: number) => void;
}

export function Strip({ asset, chosen, onChoose, onCompare }: Props) {
  const { versions } = asset;
  return (
    <section className={styles.strip} aria-label={words.asset.versions}>
      <h2>
        {words.asset.versions}{" "}
        {isCut(asset, "versions") && <span className="t3">{words.newestShown(versions.length)}</span>}
      </h2>
      <ul>
        {[...versions]
          .sort((a, b) => b.number - a.number)
          .map((version) => (
            <li key={version.id}>
              <button
                type="button"
                className={styles.version}
                aria-pressed={version.id === chosen}
                onClick={() => onChoose(version.number)}
              >
                <Thumb url={rungUrl(version.id, 256)} kind={asset.kind} size={32} />
                <span>
                  <b>
                    {words.asset.version(version.number)}
                    {version.id === asset.version && <em> {words.versions.current}</em>}
                  </b>
                  <span className="t3">{moment(version.created)}</span>
                </span>
              </button>
              {version.id !== asset.version && (
                <VersionMenu asset={asset} version={version} onCompare={onCompare} />
              )}
            </li>
          ))}
      </ul>
    </section>
  );
}
