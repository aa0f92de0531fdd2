/** The reading of backups that goes on, wherever one looks meanwhile. */
import { verifyBackups } from "../../api/keeping";
import { Run } from "../../api/run";
import { NOTHING_READ, withVerifyStep } from "./backupReport";

export const verifying = new Run(NOTHING_READ, withVerifyStep);

/** Reads one backup, or all. */
export const startVerify = (backup: string | null) =>
  verifying.start((signal) => verifyBackups(backup, signal));
