/** Asks before a file in quarantine is thrown away, because nothing brings it back. */
import { Button, Modal } from "@mantine/core";
import { useDiscard } from "../../api/activity";
import type { Quarantined } from "../../api/types";
import { words } from "../../words";

interface Props {
  /** The file in question; `null` while there is none. */
  file: Quarantined | null;
  onClose: () => void;
}

export function Discard({ file, onClose }: Props) {
  const discard = useDiscard();
  const close = () => {
    discard.reset();
    onClose();
  };
  return (
    <Modal
      opened={file !== null}
      onClose={close}
      title={words.activity.discardTitle}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <p>{words.activity.discardLead}</p>
      {discard.error && (
        <p className="no" role="alert">
          {discard.error.message}
        </p>
      )}
      <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
        <Button style={{ flex: "none" }} onClick={close}>
          {words.cancel}
        </Button>
        <Button
          c="var(--dm-no)"
          loading={discard.isPending}
          onClick={() => file && discard.mutate(file.id, { onSuccess: close })}
        >
          <span className="cut">{words.activity.discardSure(file?.name ?? "")}</span>
        </Button>
      </div>
    </Modal>
  );
}
