/** What came of reading backups to their end. */
import { words } from "../../words";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";
import { verifying } from "./verifying";

export function VerifyOutcome() {
  const { stage, told, error } = verifying.use();
  if (stage === "idle") return null;
  return (
    <>
      {stage === "going" && (
        <p role="status" className={styles.lead}>
          {words.backups.verifying}
        </p>
      )}
      {stage === "failed" && <Verdict how="bad">{error?.message || words.noAnswer}</Verdict>}
      {stage === "stopped" && <Verdict how="ask">{words.backups.verifyStopped}</Verdict>}
      {told.faultCount > 0 && (
        <Verdict how="bad">
          {words.backups.notVerified(told.faultCount)}
          {told.faults.map((fault) => (
            <p key={fault}>{fault}</p>
          ))}
        </Verdict>
      )}
      {stage === "ended" && told.faultCount === 0 && <Verdict how="good">{words.backups.verified}</Verdict>}
      {told.told.length > 0 && (
        <ul className={styles.told}>
          {told.told.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}
