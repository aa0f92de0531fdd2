/** The versions of an asset, newest first. There is a strip only when there is more than one. */
import { rungUrl } from "../../api/addresses";
import type { VersionView } from "../../api/types";
import { Thumb } from "../../ui/Thumb";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Asset.module.css";

interface Props {
  kind: string;
  versions: VersionView[];
  /** Whether there are older ones that are not in the list. */
  cut: boolean;
  chosen: string;
  onChoose: (number: number) => void;
}

export function Strip({ kind, versions, cut, chosen, onChoose }: Props) {
  return (
    <div className={styles.strip}>
      <h2>
        {words.asset.versions} {cut && <span className="t3">{words.newestShown(versions.length)}</span>}
      </h2>
      <ul>
        {[...versions]
          .sort((a, b) => b.number - a.number)
          .map((version) => (
            <li key={version.id}>
              <button
                type="button"
                aria-pressed={version.id === chosen}
                onClick={() => onChoose(version.number)}
              >
                <Thumb url={rungUrl(version.id, 256)} kind={kind} size={32} />
                <span>
                  <b>{words.asset.version(version.number)}</b>
                  <span className="t3">{moment(version.created)}</span>
                </span>
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}
