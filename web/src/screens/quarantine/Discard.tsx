/** Asks before files in quarantine are thrown away, because nothing brings them back. */
import { Button, Modal } from "@mantine/core";
import type { Quarantined } from "../../api/types";
import { words } from "../../words";

interface Props {
  /** The files in question; none while nothing is asked. */
  files: readonly Quarantined[];
  busy: boolean;
  onSure: () => void;
  onClose: () => void;
}

export function Discard({ files, busy, onSure, onClose }: Props) {
  const [first] = files;
  return (
    <Modal
      opened={first !== undefined}
      onClose={onClose}
      title={words.quarantine.discardTitle}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <p>{words.quarantine.discardLead(files.length)}</p>
      <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
        <Button style={{ flex: "none" }} onClick={onClose}>
          {words.cancel}
        </Button>
        <Button c="var(--dm-no)" loading={busy} onClick={onSure}>
          <span className="cut">{words.quarantine.discardSure(files.length, first?.name ?? "")}</span>
        </Button>
      </div>
    </Modal>
  );
}
