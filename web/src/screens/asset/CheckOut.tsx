/** Checking an asset out, with a word for the others on what for. */
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AssetView } from "../../api/types";
import { words } from "../../words";
import { useAssetActs } from "./useAssetActs";

/** The server takes no longer one, in characters. */
const NOTE_MAX = 500;

interface Props {
  asset: AssetView;
  opened: boolean;
  onClose: () => void;
}

export default function CheckOut({ asset, opened, onClose }: Props) {
  const acts = useAssetActs(asset);
  const [note, setNote] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await acts.checkOut(note.trim());
    setNote("");
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.checkout.sure}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <form onSubmit={submit} style={{ display: "grid", gap: 16 }}>
        <p>{words.checkout.lead}</p>
        <TextInput
          data-autofocus
          label={words.checkout.note}
          placeholder={words.checkout.noteHint}
          maxLength={NOTE_MAX}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button type="submit" variant="filled" loading={acts.busy}>
            {words.checkout.sure}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
