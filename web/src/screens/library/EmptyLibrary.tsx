/** Before the first file. Goes away by itself. */
import { IconTerminal2, IconUpload } from "@tabler/icons-react";
import { AddFiles } from "../../upload/AddFiles";
import { words } from "../../words";
import styles from "./Library.module.css";

export function EmptyLibrary() {
  return (
    <div className={styles.first}>
      <div>
        <h1>{words.library.emptyTitle}</h1>
        <p className={styles.lead}>{words.library.emptyLead}</p>
        <div className={styles.drop}>
          <IconUpload size={40} stroke={0.9} color="var(--dm-text-2)" aria-hidden />
          <p>{words.library.dropHere}</p>
          <AddFiles label={words.library.choose} />
        </div>
        <div className={styles.shell}>
          <h2>
            <IconTerminal2 size={16} stroke={1.5} aria-hidden />
            {words.library.shell}
          </h2>
          <p className="t2">{words.library.shellLead}</p>
          <code>{words.library.shellCommand}</code>
        </div>
      </div>
    </div>
  );
}
