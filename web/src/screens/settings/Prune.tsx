/** Asks which backups stay before old ones are removed, because nothing brings them back. */
import { Button, Modal, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { BACKUPS, pruneBackups } from "../../api/keeping";
import type { BackupList } from "../../api/types";
import { tell } from "../../ui/notices";
import { words } from "../../words";
import { goneBy, type Rule } from "./backupReport";
import styles from "./Settings.module.css";

interface Props {
  opened: boolean;
  list: BackupList;
  onClose: () => void;
}

export function Prune({ opened, list, onClose }: Props) {
  const cache = useQueryClient();
  const [by, setBy] = useState<"last" | "days">("last");
  const [text, setText] = useState({ last: String(list.keep ?? 7), days: "90" });
  const number = /^[1-9]\d{0,4}$/.test(text[by]) ? Number(text[by]) : null;
  const rule: Rule | null = number === null ? null : by === "last" ? { keep: number } : { keep_days: number };
  const gone = rule ? goneBy(list.items, rule, Date.now()) : 0;
  const prune = useMutation({
    mutationFn: pruneBackups,
    onSuccess: (removed) => {
      tell({ text: words.backups.pruned(removed.backups, removed.bytes) });
      onClose();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: BACKUPS }),
  });
  const close = () => {
    prune.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.backups.pruneTitle}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <div className={styles.modal}>
        <p>{words.backups.pruneLead}</p>
        <SegmentedControl
          aria-label={words.backups.pruneRule}
          value={by}
          onChange={(value) => setBy(value === "days" ? "days" : "last")}
          data={[
            { value: "last", label: words.backups.pruneLast },
            { value: "days", label: words.backups.pruneDays },
          ]}
        />
        <TextInput
          label={by === "last" ? words.backups.pruneNumber : words.backups.pruneAge}
          description={words.backups.pruneKeeps}
          inputMode="numeric"
          value={text[by]}
          onChange={(event) => setText({ ...text, [by]: event.target.value.trim() })}
        />
        {prune.error && (
          <p className="no" role="alert">
            {prune.error.message}
          </p>
        )}
        <div className={styles.buttons}>
          <Button onClick={close}>{words.cancel}</Button>
          <Button
            c={gone > 0 ? "var(--dm-no)" : undefined}
            disabled={gone === 0}
            loading={prune.isPending}
            onClick={() => rule && prune.mutate(rule)}
          >
            {gone > 0 ? words.backups.pruneSure(gone) : words.backups.pruneNone}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
