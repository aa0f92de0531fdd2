/** The trash as a place of the rail, with how much lies there. */
import { IconTrash, IconTrashFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { countQuery } from "../../api/assets";
import { isTrash, TRASH, TRASH_SORT } from "../../query/trash";
import { words } from "../../words";
import { count } from "../../words/format";
import styles from "./Folders.module.css";
import rail from "./RailSection.module.css";
import type { Change } from "./search";
import { selection } from "./selection";

interface Props {
  query: string;
  onChange: (next: Change) => void;
}

export function TrashPlace({ query, onChange }: Props) {
  const held = useQuery(countQuery(TRASH)).data ?? 0;
  const here = isTrash(query);
  const Icon = here ? IconTrashFilled : IconTrash;
  const turn = () => {
    // What was chosen on the other side cannot be done with on this one.
    selection.clear();
    onChange(here ? { q: "", sort: "" } : { q: TRASH, sort: TRASH_SORT });
  };
  return (
    <section className={rail.section} aria-label={words.trash.label}>
      <div className={styles.line}>
        <span className={styles.turn} />
        <button
          type="button"
          className={styles.name}
          aria-pressed={here}
          aria-label={words.trash.place(held)}
          onClick={turn}
        >
          <Icon size={14} stroke={1.5} aria-hidden />
          <span className="grow cut">{words.trash.label}</span>
          {held > 0 && <span className={styles.number}>{count(held)}</span>}
        </button>
      </div>
    </section>
  );
}
