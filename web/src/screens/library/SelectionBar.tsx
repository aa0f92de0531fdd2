/** What may be done with the selection. */
import { Button } from "@mantine/core";
import type { AssetSummary } from "../../api/types";
import { words } from "../../words";
import styles from "./Library.module.css";
import { SelectionDownload } from "./SelectionDownload";
import { selection } from "./selection";

interface Props {
  items: AssetSummary[];
  total: number;
  selected: ReadonlySet<string>;
}

export function SelectionBar({ items, total, selected }: Props) {
  const number = selected.size;
  if (number === 0) return <p className="vh" role="status" />;
  return (
    <div className={`${styles.bar} pop`} role="toolbar" aria-label={words.selection.label}>
      <span role="status">
        <b>{words.selection.selected(number)}</b> <span className="t2">{words.selection.of(total)}</span>
      </span>
      <Button
        variant="subtle"
        data-accent
        c="var(--dm-accent)"
        onClick={() => selection.add(items.map((item) => item.id))}
      >
        {words.selection.all}
      </Button>
      <hr />
      <SelectionDownload items={items} ids={[...selected]} />
      <hr />
      <Button variant="subtle" rightSection={<kbd>Esc</kbd>} onClick={selection.clear}>
        {words.selection.clear}
      </Button>
    </div>
  );
}
