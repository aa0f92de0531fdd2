/** Two versions of an asset beside each other, or one over the other with a line to draw between them; below, in what
 *  their files differ. */
import { ActionIcon, SegmentedControl } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rungUrl } from "../../api/addresses";
import type { AssetView, VersionView } from "../../api/types";
import { comparison } from "../../api/versions";
import { Swipe } from "../../media/Swipe";
import { Lines } from "../../ui/Skeletons";
import { Thumb } from "../../ui/Thumb";
import { words } from "../../words";
import { bytes, moment } from "../../words/format";
import styles from "./Compare.module.css";
import { factRows, orAbsent, type Row, tagRows } from "./compared";

/** Differences that are shown of one list: a file may carry tens of thousands of tags. */
const SHOWN_MAX = 500;
/** The largest rung of the ladder: what a window shows of two beside each other. */
const RUNG = 2048;

interface Props {
  asset: AssetView;
  from: VersionView;
  to: VersionView;
  swipe: boolean;
  onSwipe: (on: boolean) => void;
  onClose: () => void;
}

export default function Compare({ asset, from, to, swipe, onSwipe, onClose }: Props) {
  const compared = useQuery(comparison(asset.id, from.number, to.number));
  return (
    <section className={styles.compare} aria-label={words.compare.label}>
      <header className={styles.head}>
        <h2 className="cut">{words.compare.title(from.number, to.number)}</h2>
        <span className="grow" />
        <SegmentedControl
          aria-label={words.compare.how}
          value={swipe ? "swipe" : "side"}
          onChange={(value) => onSwipe(value === "swipe")}
          data={[
            { value: "side", label: words.compare.side },
            { value: "swipe", label: words.compare.swipe },
          ]}
        />
        <ActionIcon aria-label={words.compare.close} title={`${words.compare.close} (Esc)`} onClick={onClose}>
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </header>
      {swipe ? (
        <Swipe
          from={{ url: rungUrl(from.id, RUNG), alt: words.compare.alt(from.number) }}
          to={{ url: rungUrl(to.id, RUNG), alt: words.compare.alt(to.number) }}
          label={words.compare.handle}
        />
      ) : (
        <div className={styles.sides}>
          <Side version={from} kind={asset.kind} current={false} />
          <Side version={to} kind={asset.kind} current />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className={styles.differences} tabIndex={0} aria-label={words.compare.facts}>
        {compared.isPending && <Lines lines={4} below={false} />}
        {compared.isError && <p role="alert">{compared.error.message}</p>}
        {compared.data && (
          <>
            <Differences
              title={words.compare.facts}
              none={words.compare.sameFacts}
              rows={factRows(compared.data.from, compared.data.to)}
              numbers={[from.number, to.number]}
            />
            <Differences
              title={words.compare.tags}
              none={words.compare.sameTags}
              rows={tagRows(compared.data.tags)}
              numbers={[from.number, to.number]}
            />
          </>
        )}
      </section>
    </section>
  );
}

function Side({ version, kind, current }: { version: VersionView; kind: string; current: boolean }) {
  const [broken, setBroken] = useState(false);
  return (
    <figure>
      <div className={styles.picture}>
        {broken ? (
          <span className={styles.none}>
            <Thumb url={null} kind={kind} size={48} />
            {words.compare.noPicture}
          </span>
        ) : (
          <img
            src={rungUrl(version.id, RUNG)}
            alt={words.compare.alt(version.number)}
            onError={() => setBroken(true)}
          />
        )}
      </div>
      <figcaption className="cut">
        <b>{words.asset.version(version.number)}</b> {current && words.versions.current}{" "}
        <span className="t2">
          {bytes(version.bytes)}, {moment(version.created)}
        </span>
      </figcaption>
    </figure>
  );
}

interface DifferencesProps {
  title: string;
  none: string;
  rows: Row[];
  numbers: [number, number];
}

function Differences({ title, none, rows, numbers }: DifferencesProps) {
  return (
    <>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className="t2">{none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{words.compare.what}</th>
              {numbers.map((number) => (
                <th key={number} scope="col">
                  {words.asset.version(number)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN_MAX).map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td className={row.from === null ? "t3" : undefined}>{orAbsent(row.from)}</td>
                <td className={row.to === null ? "t3" : undefined}>{orAbsent(row.to)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > SHOWN_MAX && <p className="s12 t3">{words.firstShown(SHOWN_MAX)}</p>}
    </>
  );
}
