/** What was told while a backup is made or backups are verified, and which would go by a rule. */
import type { Backup, BackupFound, BackupStep, VerifyStep } from "../../api/types";

export interface Making {
  progress: Extract<BackupStep, { progress: unknown }>["progress"] | null;
  unreadable: number;
  made: Backup | null;
  /** Why there is none. */
  failed: string | null;
}

export const NOT_BEGUN: Making = { progress: null, unreadable: 0, made: null, failed: null };

export function withBackupStep(making: Making, step: BackupStep): Making {
  if ("progress" in step) return { ...making, progress: step.progress };
  if ("unreadable" in step) return { ...making, unreadable: making.unreadable + 1 };
  if ("backup" in step) return { ...making, made: step.backup };
  return { ...making, failed: step.failed };
}

/** Faults that are kept to be read. */
const FAULTS_SHOWN = 100;

export interface Verified {
  faults: string[];
  faultCount: number;
  told: string[];
}

export const NOTHING_READ: Verified = { faults: [], faultCount: 0, told: [] };

export function withVerifyStep(verified: Verified, { fault, detail }: VerifyStep): Verified {
  if (!fault) return { ...verified, told: [...verified.told, detail] };
  const kept = verified.faults.length < FAULTS_SHOWN;
  return {
    ...verified,
    faults: kept ? [...verified.faults, detail] : verified.faults,
    faultCount: verified.faultCount + 1,
  };
}

export type Rule = { keep: number } | { keep_days: number };

const DAY_MS = 86_400_000;

/** How many of the backups, the newest first, a rule removes. The last one always stays; one that cannot be read is
 *  as old as nothing. */
export function goneBy(found: readonly BackupFound[], rule: Rule, now: number): number {
  const stays = "keep" in rule ? Math.max(1, rule.keep) : 1;
  const oldest = "keep_days" in rule ? now - rule.keep_days * DAY_MS : Number.POSITIVE_INFINITY;
  const young = ({ backup }: BackupFound) => backup !== null && Date.parse(backup.made) >= oldest;
  return found.slice(stays).filter((each) => !young(each)).length;
}
