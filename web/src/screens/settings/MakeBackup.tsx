/** Making a backup now: how far it is, and what came of it. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { STATUS } from "../../api/activity";
import { BACKUPS, makeBackup } from "../../api/keeping";
import { Run } from "../../api/run";
import { ProgressLine } from "../../ui/ProgressLine";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { timeLeft } from "../../words/format";
import { type Making, NOT_BEGUN, withBackupStep } from "./backupReport";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

const making = new Run(NOT_BEGUN, withBackupStep);

export function MakeBackup() {
  const cache = useQueryClient();
  const { stage, told, error } = making.use();
  const going = stage === "going";
  const start = async () => {
    await making.start(makeBackup);
    cache.invalidateQueries({ queryKey: BACKUPS });
    cache.invalidateQueries({ queryKey: STATUS });
  };
  return (
    <section className={ui.section} aria-label={words.backups.make}>
      <div className={styles.acts}>
        {going ? (
          <Button onClick={() => making.stop()}>{words.backups.stop}</Button>
        ) : (
          <Button variant="filled" onClick={start}>
            {words.backups.make}
          </Button>
        )}
      </div>
      {going && <Progress progress={told.progress} />}
      {stage === "stopped" && <Verdict how="ask">{words.backups.stopped}</Verdict>}
      {stage === "failed" && (
        <Verdict how="bad">{words.backups.notMade(error?.message || words.noAnswer)}</Verdict>
      )}
      {told.failed !== null && <Verdict how="bad">{words.backups.notMade(told.failed)}</Verdict>}
      {told.made && <Verdict how="good">{words.backups.made(told.made.assets, told.made.put_bytes)}</Verdict>}
      {!going && told.unreadable > 0 && (
        <Verdict how="ask">{words.backups.unreadable(told.unreadable)}</Verdict>
      )}
    </section>
  );
}

function Progress({ progress }: Pick<Making, "progress">) {
  return (
    <div className={styles.form}>
      <ProgressLine
        label={words.backups.making}
        share={progress && progress.bytes > 0 ? progress.bytes_done / progress.bytes : 0}
      />
      <p className="s12 t2" role="status">
        {progress
          ? words.backups.progress(progress.bytes_done, progress.bytes, progress.bytes_per_s)
          : words.backups.making}
        {progress?.seconds_left != null && ` · ${words.backups.left(timeLeft(progress.seconds_left))}`}
      </p>
      <p className="s12 t2">{words.backups.stays}</p>
    </div>
  );
}
