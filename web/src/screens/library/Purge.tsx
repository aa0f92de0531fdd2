/** Asks before assets are deleted for ever, because nothing brings them back: the only act here that asks. */
import { Button, Modal } from "@mantine/core";
import { words } from "../../words";

interface Props {
  title: string;
  /** How many go; `null` while nothing is asked. */
  number: number | null;
  busy: boolean;
  onSure: () => void;
  onClose: () => void;
}

export default function Purge({ title, number, busy, onSure, onClose }: Props) {
  return (
    <Modal
      opened={number !== null}
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <p>{words.trash.purgeLead(number ?? 0)}</p>
      <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button c="var(--dm-no)" loading={busy} onClick={onSure}>
          {words.trash.purgeSure(number ?? 0)}
        </Button>
      </div>
    </Modal>
  );
}
