/** A backup that is kept: when it was made, and what it holds. */
import { Button } from "@mantine/core";
import type { BackupFound } from "../../api/types";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Settings.module.css";
import { startVerify } from "./verifying";

export function BackupLine({ found, busy }: { found: BackupFound; busy: boolean }) {
  const { backup, broken, id } = found;
  const when = backup ? moment(backup.made) : id;
  return (
    <div className={`${ui.line} ${ui.wrapping}`}>
      <div className="grow">
        <div>{when}</div>
        {backup && (
          <div className="s12 t2">
            {words.backups.holds(backup.assets, backup.originals, backup.original_bytes)}
          </div>
        )}
        <div className="s12 t3">
          {backup && `${words.backups.upTo(backup.seq, backup.put_bytes)} · `}
          <span className={styles.mono}>{id}</span>
        </div>
        {broken !== null && <div className="s12 no">{words.backups.broken(broken)}</div>}
        {backup !== null && backup.unreadable > 0 && (
          <div className={`s12 ${styles.ask}`}>{words.backups.unreadable(backup.unreadable)}</div>
        )}
      </div>
      {backup && (
        <Button aria-label={words.backups.verifyOf(when)} disabled={busy} onClick={() => startVerify(id)}>
          {words.backups.verify}
        </Button>
      )}
    </div>
  );
}
