/** Which fact, or which asset's history, is to be proven. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { type Meant, meantBy } from "./meant";
import styles from "./Settings.module.css";

export function LookUp({ onMeant, children }: { onMeant: (meant: Meant) => void; children: ReactNode }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const meant = meantBy(text);
    setWrong(meant === null);
    if (meant) onMeant(meant);
  };
  return (
    <section className={ui.section} aria-label={words.proof.lookUp}>
      <h2>{words.proof.lookUp}</h2>
      <p>{words.proof.lookUpLead}</p>
      <form className={styles.inline} onSubmit={submit}>
        <TextInput
          label={words.proof.what}
          placeholder={words.proof.hint}
          error={wrong && words.proof.notMeant}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">{words.proof.prove}</Button>
      </form>
      {children}
    </section>
  );
}
