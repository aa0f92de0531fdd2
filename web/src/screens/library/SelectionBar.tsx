/** What may be done with the selection: another thing in the trash than out of it. */
import { Button, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconTrash } from "@tabler/icons-react";
import { useCan } from "../../api/session";
import type { AssetSummary } from "../../api/types";
import { words } from "../../words";
import styles from "./Library.module.css";
import { SelectionDownload } from "./SelectionDownload";
import { selection } from "./selection";

interface Props {
  items: AssetSummary[];
  total: number;
  selected: ReadonlySet<string>;
  /** Whether the view is one of the trash. */
  trash: boolean;
  onTrash: () => void;
  onRestore: () => void;
  onPurge: () => void;
}

export function SelectionBar({ items, total, selected, trash, ...acts }: Props) {
  const number = selected.size;
  if (number === 0) return <p className="vh" role="status" />;
  return (
    <div className={`${styles.bar} pop`} role="toolbar" aria-label={words.selection.label}>
      <span role="status">
        <b>{words.selection.selected(number)}</b>{" "}
        <span className={`${styles.of} t2`}>{words.selection.of(total)}</span>
      </span>
      <Button
        className={styles.all}
        variant="subtle"
        data-accent
        c="var(--dm-accent)"
        onClick={() => selection.add(items.map((item) => item.id))}
      >
        {words.selection.all}
      </Button>
      <hr />
      {trash ? (
        <InTrash number={number} {...acts} />
      ) : (
        <>
          <SelectionDownload items={items} ids={[...selected]} />
          <ToTrash onTrash={acts.onTrash} />
        </>
      )}
      <hr />
      <Button variant="subtle" rightSection={<kbd>Esc</kbd>} onClick={selection.clear}>
        {words.selection.clear}
      </Button>
    </div>
  );
}

function ToTrash({ onTrash }: { onTrash: () => void }) {
  const { edit: allowed } = useCan();
  return (
    <Tooltip label={allowed ? `${words.trash.move} (Delete)` : words.trash.notAllowed}>
      <Button
        variant="subtle"
        leftSection={<IconTrash size={16} stroke={1.5} />}
        aria-disabled={!allowed}
        data-disabled={!allowed || undefined}
        onClick={() => allowed && onTrash()}
      >
        {words.trash.move}
      </Button>
    </Tooltip>
  );
}

function InTrash({
  number,
  onRestore,
  onPurge,
}: {
  number: number;
  onRestore: () => void;
  onPurge: () => void;
}) {
  const { edit, administer } = useCan();
  return (
    <>
      <Tooltip label={words.trash.notAllowed} disabled={edit}>
        <Button
          variant="subtle"
          leftSection={<IconArrowBackUp size={16} stroke={1.5} />}
          aria-disabled={!edit}
          data-disabled={!edit || undefined}
          onClick={() => edit && onRestore()}
        >
          {words.trash.restore}
        </Button>
      </Tooltip>
      <Tooltip label={words.trash.notAllowedPurge} disabled={administer}>
        <Button
          variant="subtle"
          data-accent
          c={administer ? "var(--dm-no)" : undefined}
          aria-disabled={!administer}
          data-disabled={!administer || undefined}
          onClick={() => administer && onPurge()}
        >
          {words.trash.purge(number)}
        </Button>
      </Tooltip>
    </>
  );
}
