/** A checkpoint that somebody kept: whether what it speaks of is the beginning of today's log. */
import { Button, Input } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { readConsistency } from "../../api/keeping";
import { isSigned, readCheckpoint } from "../../proof/note";
import { provenOlder } from "../../proof/proven";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

async function compared(text: string) {
  const older = readCheckpoint(text);
  if (!older) throw new Error(words.proof.notNote);
  const proof = await readConsistency(older.size);
  const newer = readCheckpoint(proof.checkpoint);
  if (newer?.origin !== older.origin) throw new Error(words.proof.otherLog(older.origin));
  const judged = await provenOlder(older, proof);
  return { ...judged, older: older.size, newer: proof.size, pasted: await isSigned(text, proof.verifier) };
}

export function OlderCheckpoint() {
  const [text, setText] = useState("");
  const compare = useMutation({ mutationFn: compared });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    compare.mutate(text);
  };
  const { data } = compare;
  return (
    <section className={ui.section} aria-label={words.proof.consistency}>
      <h2>{words.proof.consistency}</h2>
      <p>{words.proof.consistencyLead}</p>
      <form className={styles.form} onSubmit={submit}>
        <Input.Wrapper label={words.proof.paste} id="older-checkpoint">
          <textarea
            id="older-checkpoint"
            className={styles.paste}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              compare.reset();
            }}
          />
        </Input.Wrapper>
        <div>
          <Button type="submit" disabled={text.trim() === ""} loading={compare.isPending}>
            {words.proof.compare}
          </Button>
        </div>
      </form>
      {compare.error && <Verdict how="ask">{compare.error.message || words.noAnswer}</Verdict>}
      {data &&
        (data.good && data.signed !== "not-signed" ? (
          <Verdict how="good">{words.proof.begins(data.older, data.newer)}</Verdict>
        ) : (
          <Verdict how="bad">{words.proof.beginsNot}</Verdict>
        ))}
      {data?.pasted === "not-signed" && <Verdict how="ask">{words.proof.pastedUnsigned}</Verdict>}
    </section>
  );
}
