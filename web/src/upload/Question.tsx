/** The question of a file whose folder has one of that name, with the one that is there: one at a time, answered for
 *  one or for all. */
import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { rungUrl } from "../api/addresses";
import { readAsset } from "../api/assets";
import { mayBePictured } from "../api/renditions";
import { Thumb } from "../ui/Thumb";
import { words } from "../words";
import { bytes, moment } from "../words/format";
import { answerFiles } from "./add";
import type { SameName } from "./engine";
import type { Upload } from "./store";
import styles from "./Upload.module.css";

interface Props {
  asking: readonly Upload[];
  /** Whether others are on their way, which may have to be asked about too. */
  more: boolean;
}

export function Question({ asking, more }: Props) {
  const [first] = asking;
  const [chosen, setAll] = useState(false);
  const several = asking.length > 1 || more;
  const all = several && chosen;
  const here = first?.stage.kind === "asking" ? first.stage.here : "";
  const known = useQuery({ ...readAsset(here), enabled: here !== "" }).data?.asset;
  if (!first) return null;
  const say = (said: SameName) =>
    answerFiles(all ? asking.map((upload) => upload.id) : [first.id], said, all);
  const name = first.path.split("/").at(-1) ?? first.path;
  return (
    <section className={styles.question} aria-label={words.sameName.label}>
      <div className={styles.facing}>
        <span className={styles.thumb}>
          <Thumb
            url={known && mayBePictured(known) ? rungUrl(known.version, 256) : null}
            kind={known?.kind ?? "other"}
            size={28}
          />
        </span>
        <div className="grow" role="alert">
          <p title={first.path}>{words.sameName.lead(name)}</p>
          {known && (
            <p className="s12 t2">
              {words.sameName.here}:{" "}
              <Link
                className={styles.here}
                to={`/assets/${known.id}`}
                aria-label={words.sameName.open(known.name)}
              >
                {bytes(known.bytes)}, {moment(known.added)}
              </Link>
            </p>
          )}
          <p className="s12 t2">
            {words.sameName.fresh}: {bytes(first.bytes)}
          </p>
        </div>
      </div>
      <div className={styles.answers}>
        <Button onClick={() => say("version")}>{words.sameName.version}</Button>
        <Button onClick={() => say("copy")}>{words.sameName.copy}</Button>
        <Button variant="subtle" onClick={() => say("skip")}>
          {words.sameName.skip}
        </Button>
      </div>
      {several && (
        <Checkbox
          size="xs"
          label={words.sameName.all(asking.length)}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      )}
    </section>
  );
}
