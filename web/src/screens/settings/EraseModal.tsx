/** Asks before anything is erased: says what goes and what stays, and has the name typed. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { words } from "../../words";
import { type Erased, erased } from "./erased";
import styles from "./Settings.module.css";

interface Props {
  /** What is erased, by its name; `null` while nothing is asked. */
  name: string | null;
  title: string;
  goes: string;
  stays: string;
  sure: string;
  act: () => Promise<{ facts: number }>;
  onDone: (erased: Erased) => void;
  onClose: () => void;
}

export function EraseModal({ name, title, goes, stays, sure, act, onDone, onClose }: Props) {
  return (
    <Modal
      opened={name !== null}
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": words.close }}
    >
      {name !== null && <Asking {...{ name, goes, stays, sure, act, onDone, onClose }} />}
    </Modal>
  );
}

function Asking({
  name,
  goes,
  stays,
  sure,
  act,
  onDone,
  onClose,
}: Omit<Props, "title" | "name"> & { name: string }) {
  const [typed, setTyped] = useState("");
  const erasing = useMutation({ mutationFn: () => erased(name, act), onSuccess: onDone });
  const same = typed.trim() === name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (same && !erasing.isPending) erasing.mutate();
  };
  return (
    <form className={styles.modal} onSubmit={submit}>
      <p>{goes}</p>
      <p>{stays}</p>
      <TextInput
        label={words.erase.type(name)}
        data-autofocus
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {erasing.error && (
        <p className="no" role="alert">
          {erasing.error.message}
        </p>
      )}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button
          type="submit"
          c={same ? "var(--dm-no)" : undefined}
          disabled={!same}
          loading={erasing.isPending}
        >
          <span className="cut">{sure}</span>
        </Button>
      </div>
    </form>
  );
}
