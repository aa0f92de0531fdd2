/** Backups: where they go, making one now, those that are kept, and how to come back from one. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../../api/client";
import { backups } from "../../api/keeping";
import { useCan } from "../../api/session";
import type { BackupList } from "../../api/types";
import { Lines } from "../../ui/Skeletons";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { BackupLine } from "./BackupLine";
import { CopyText } from "./CopyText";
import { MakeBackup } from "./MakeBackup";
import { Prune } from "./Prune";
import styles from "./Settings.module.css";
import { SettingsPage } from "./SettingsPage";
import { Verdict } from "./Verdict";
import { VerifyOutcome } from "./VerifyOutcome";
import { startVerify, verifying } from "./verifying";

export default function Backups() {
  const { administer } = useCan();
  const { data, error, isPending } = useQuery({ ...backups, enabled: administer });
  const unplanned = error instanceof Problem && error.body.code === "no-backup-plan";
  return (
    <SettingsPage title={words.sections.backups.title} about={words.sections.backups.lead} administer>
      {isPending && <Lines lines={3} act={64} />}
      {unplanned && <NoPlace />}
      {error && !unplanned && <Verdict how="bad">{error.message || words.noAnswer}</Verdict>}
      {data && (
        <>
          <Plan list={data} />
          <MakeBackup />
          <Kept list={data} />
        </>
      )}
      {!isPending && <Restoring list={data ?? null} />}
    </SettingsPage>
  );
}

function NoPlace() {
  return (
    <section className={ui.section} aria-label={words.backups.noPlace}>
      <h2>{words.backups.noPlace}</h2>
      <p className={styles.lead}>{words.backups.noPlaceLead}</p>
      <CopyText text={words.backups.noPlaceToml} />
    </section>
  );
}

function Plan({ list }: { list: BackupList }) {
  const rule = list.keep === null ? words.backups.keepsAll : words.backups.keeps(list.keep);
  const often = list.every_hours === null ? words.backups.byHand : words.backups.every(list.every_hours);
  return (
    <dl className={styles.pairs}>
      <dt>{words.backups.place}</dt>
      <dd className={styles.mono}>{list.place}</dd>
      <dt>{words.backups.plan}</dt>
      <dd>{[often, rule, list.sealed ? words.backups.sealed : words.backups.unsealed].join(", ")}</dd>
    </dl>
  );
}

function Kept({ list }: { list: BackupList }) {
  const [pruning, setPruning] = useState(false);
  const reads = verifying.use().stage === "going";
  return (
    <section className={ui.section} aria-label={words.backups.kept}>
      <h2>{words.backups.kept}</h2>
      {list.items.length === 0 ? (
        <p>{words.backups.none}</p>
      ) : (
        <div className={styles.acts}>
          {reads ? (
            <Button onClick={() => verifying.stop()}>{words.backups.stop}</Button>
          ) : (
            <Button onClick={() => startVerify(null)}>{words.backups.verifyAll}</Button>
          )}
          <Button disabled={list.items.length < 2} onClick={() => setPruning(true)}>
            {words.backups.prune}
          </Button>
        </div>
      )}
      <VerifyOutcome />
      {list.items.map((found) => (
        <BackupLine key={found.id} found={found} busy={reads} />
      ))}
      <Prune opened={pruning} list={list} onClose={() => setPruning(false)} />
    </section>
  );
}

function Restoring({ list }: { list: BackupList | null }) {
  const [newest] = list?.items ?? [];
  const command = words.backups.restoreCommand(
    list?.place ?? "/mnt/backup/damask",
    newest?.id.slice(0, 13) ?? null,
    list?.sealed ?? false,
  );
  return (
    <section className={ui.section} aria-label={words.backups.restore}>
      <h2>{words.backups.restore}</h2>
      <p className={styles.lead}>{words.backups.restoreLead}</p>
      <CopyText text={command} />
      <p className={styles.lead}>{words.backups.restoreAt}</p>
      <p className={styles.lead}>{words.backups.restorePractise}</p>
    </section>
  );
}
