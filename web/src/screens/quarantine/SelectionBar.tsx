/** What may be done with several files at once. */
import { Button } from "@mantine/core";
import { useCan } from "../../api/session";
import { words } from "../../words";
import styles from "./Quarantine.module.css";

interface Props {
  number: number;
  busy: boolean;
  onAdmit: () => void;
  onDiscard: () => void;
  onClear: () => void;
}

export function SelectionBar({ number, busy, onAdmit, onDiscard, onClear }: Props) {
  const { administer } = useCan();
  if (number === 0) return <p className="vh" role="status" />;
  return (
    <div className={`${styles.bar} pop`} role="toolbar" aria-label={words.quarantine.selection}>
      <b role="status">{words.quarantine.selected(number)}</b>
      <Button variant="subtle" disabled={!administer || busy} onClick={onAdmit}>
        {words.quarantine.letIn}
      </Button>
      <Button
        variant="subtle"
        data-accent
        c={administer ? "var(--dm-no)" : undefined}
        disabled={!administer || busy}
        onClick={onDiscard}
      >
        {words.quarantine.discard}
      </Button>
      <Button variant="subtle" rightSection={<kbd>Esc</kbd>} onClick={onClear}>
        {words.quarantine.clear}
      </Button>
    </div>
  );
}
