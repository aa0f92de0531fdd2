/** What the query may go on with: fields, or values with their counts. */
import type { Suggestion } from "../../api/types";
import { words } from "../../words";
import { count } from "../../words/format";
import styles from "./Query.module.css";

interface Props {
  id: string;
  items: Suggestion[];
  chosen: number;
  onTake: (index: number) => void;
}

export function Suggestions({ id, items, chosen, onTake }: Props) {
  return (
    <div className={styles.list} id={id} role="listbox" aria-label={words.query.suggestions}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and its arrow keys choose
        <div
          key={`${item.kind}${item.text}`}
          id={`${id}-${index}`}
          className={styles.item}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(index)}
        >
          <span className={item.kind === "field" ? styles.name : styles.value}>{item.text}</span>
          {item.count !== null && <span className={styles.number}>{count(item.count)}</span>}
        </div>
      ))}
    </div>
  );
}
