/** The file behind an asset: technical facts, what is wrong with it, where its bytes lie, its versions. */
import { Button, Tooltip } from "@mantine/core";
import { IconReplace } from "@tabler/icons-react";
import type { AssetView } from "../../api/types";
import { words } from "../../words";
import { bytes, moment } from "../../words/format";
import styles from "./Asset.module.css";
import { useBlocked } from "./blocked";
import { isCut } from "./cut";
import { factsOf } from "./facts";
import { KeptIn } from "./KeptIn";
import { useReplacing } from "./useReplacing";
import { VersionMenu } from "./VersionMenu";

interface Props {
  asset: AssetView;
  onCompare: (number: number) => void;
}

export function FilesTab({ asset, onCompare }: Props) {
  return (
    <div className={styles.tab}>
      {asset.findings.length > 0 && (
        <section>
          <h2>{words.asset.findings}</h2>
          <ul className={styles.findings}>
            {asset.findings.map((finding) => (
              <li key={finding.code + finding.detail}>
                <i aria-hidden />
                <div>
                  {words.findings[finding.code].long}
                  {finding.detail && <span className="t3"> {finding.detail}</span>}
                </div>
              </li>
            ))}
          </ul>
          {isCut(asset, "findings") && <p className="s12 t3">{words.firstShown(asset.findings.length)}</p>}
        </section>
      )}
      <section>
        <h2>{words.asset.facts}</h2>
        <dl className={styles.pairs}>
          {factsOf(asset).map(([name, value]) => (
            <div key={name} className={styles.pair}>
              <dt>{name}</dt>
              <dd className={styles.breakable}>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2>{words.asset.locations}</h2>
        <ul className={styles.lines}>
          {asset.locations.map((location) => (
            <li key={location.place + location.path} className={styles.breakable}>
              <span className="t3">{location.place}</span> {location.path}
            </li>
          ))}
        </ul>
        {isCut(asset, "locations") && <p className="s12 t3">{words.firstShown(asset.locations.length)}</p>}
      </section>
      <KeptIn id={asset.id} />
      <section>
        <h2>{words.asset.versions}</h2>
        <ul className={`${styles.lines} ${styles.versions}`}>
          {asset.versions.map((version) => (
            <li key={version.id}>
              <span className="grow">
                <b>{words.asset.version(version.number)}</b>
                {version.id === asset.version && <em> {words.versions.current}</em>} {version.media_type},{" "}
                {bytes(version.bytes)}, {moment(version.created)}
              </span>
              {version.id !== asset.version && (
                <VersionMenu asset={asset} version={version} onCompare={onCompare} />
              )}
            </li>
          ))}
        </ul>
        {isCut(asset, "versions") && <p className="s12 t3">{words.newestShown(asset.versions.length)}</p>}
        <ReplaceFile asset={asset} />
      </section>
    </div>
  );
}

function ReplaceFile({ asset }: { asset: AssetView }) {
  const blocked = useBlocked(asset);
  const choose = useReplacing(asset);
  return (
    <Tooltip label={blocked} disabled={blocked === null}>
      <Button
        leftSection={<IconReplace size={16} stroke={1.5} />}
        aria-disabled={blocked !== null}
        data-disabled={blocked !== null || undefined}
        onClick={() => blocked === null && choose()}
      >
        {words.versions.replace}
      </Button>
    </Tooltip>
  );
}
