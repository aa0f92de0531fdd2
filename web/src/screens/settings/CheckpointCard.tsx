/** What the notary signed last, to be taken elsewhere. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CHECKPOINT_URL, readSigned, untilSigned } from "../../api/keeping";
import { isSigned, readCheckpoint } from "../../proof/note";
import { toHex } from "../../proof/sha256";
import { Lines } from "../../ui/Skeletons";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { count } from "../../words/format";
import { CopyButton } from "./CopyButton";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

export function CheckpointCard() {
  const { data, error } = useQuery({
    ...untilSigned,
    queryKey: ["checkpoint"],
    queryFn: async ({ signal }) => {
      const { note, verifier } = await readSigned(signal);
      return { note, verifier, checkpoint: readCheckpoint(note), signed: await isSigned(note, verifier) };
    },
  });
  return (
    <section className={ui.section} aria-label={words.proof.checkpoint}>
      <h2>{words.proof.checkpoint}</h2>
      <p>{words.proof.checkpointLead}</p>
      {error && <Verdict how="ask">{error.message || words.noAnswer}</Verdict>}
      {!data && !error && <Lines lines={2} />}
      {data?.checkpoint && (
        <>
          <dl className={styles.pairs}>
            <dt>{words.proof.size}</dt>
            <dd>{count(data.checkpoint.size)}</dd>
            <dt>{words.proof.root}</dt>
            <dd className={styles.mono}>{toHex(data.checkpoint.root)}</dd>
            <dt>{words.proof.key}</dt>
            <dd className={styles.mono}>{data.verifier}</dd>
            <dt>{words.proof.signature}</dt>
            <dd
              className={{ signed: styles.good, "not-signed": styles.bad, unknown: styles.ask }[data.signed]}
            >
              {words.proof[data.signed]}
            </dd>
          </dl>
          <div className={styles.acts}>
            <Button component="a" href={CHECKPOINT_URL} download={`checkpoint-${data.checkpoint.size}.txt`}>
              {words.proof.download}
            </Button>
            <CopyButton text={data.note} label={words.proof.copy} />
            <CopyButton text={data.verifier} label={words.proof.copyKey} />
          </div>
        </>
      )}
    </section>
  );
}
