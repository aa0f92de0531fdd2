/** What may be done with the selection. */
import { Button, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { originalUrl } from "../../api/addresses";
import { useCan } from "../../api/session";
import type { AssetSummary } from "../../api/types";
import { saveAll } from "../../ui/download";
import { words } from "../../words";
import styles from "./Library.module.css";
import { selection } from "./selection";

/** Each original is a download of its own; a browser asks about every one beyond a handful. */
const DOWNLOADS_MAX = 50;

interface Props {
  items: AssetSummary[];
  total: number;
  selected: ReadonlySet<string>;
}

export function SelectionBar({ items, total, selected }: Props) {
  const can = useCan();
  const number = selected.size;
  if (number === 0) return <p className="vh" role="status" />;
  const why = !can.download
    ? words.selection.notAllowed
    : number > DOWNLOADS_MAX
      ? words.selection.many(number, DOWNLOADS_MAX)
      : null;
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
      <Tooltip label={why} disabled={why === null}>
        <Button
          variant="subtle"
          leftSection={<IconDownload size={16} stroke={1.5} />}
          data-disabled={why !== null || undefined}
          aria-disabled={why !== null}
          onClick={() => why === null && saveAll([...selected].map(originalUrl))}
        >
          {words.selection.download}
        </Button>
      </Tooltip>
      <hr />
      <Button variant="subtle" rightSection={<kbd>Esc</kbd>} onClick={selection.clear}>
        {words.selection.clear}
      </Button>
    </div>
  );
}
