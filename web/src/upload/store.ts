/** Uploads as the page sees them: what is under way, what came of each. Lives outside the screens, so that it
 *  survives moving between them. `engine.ts` writes here; the panel reads. */
import { useSyncExternalStore } from "react";

export type Outcome = "imported" | "versioned" | "already-here" | "quarantined" | "left-out" | "unknown";

export type Stage =
  | { kind: "waiting" }
  | { kind: "sending"; sent: number }
  /** Its folder has a file of that name, the asset `here`: a person says what is to become of it. */
  | { kind: "asking"; here: string; batch: string }
  | { kind: "ended"; outcome: Outcome; asset: string | null; reason: string | null }
  | { kind: "failed"; why: string };

export interface Upload {
  id: string;
  /** With its folders, as it was dropped. */
  path: string;
  bytes: number;
  stage: Stage;
}

export interface Totals {
  files: number;
  ended: number;
  failed: number;
  asking: number;
  bytes: number;
  bytesDone: number;
  outcomes: Record<Outcome, number>;
}

export interface Uploads {
  list: readonly Upload[];
  totals: Totals;
  /** When the present run began, to tell its rate; `null` when nothing runs. */
  began: number | null;
  /** Bytes that were done when the run began. */
  bytesBefore: number;
}

const NOTIFY_MS = 120;
const NONE: Uploads = { list: [], totals: totalsOf([]), began: null, bytesBefore: 0 };
const byId = new Map<string, Upload>();
const listeners = new Set<() => void>();
let held: Uploads = NONE;
let due: ReturnType<typeof setTimeout> | undefined;

export function totalsOf(list: readonly Upload[]): Totals {
  const totals: Totals = {
    files: list.length,
    ended: 0,
    failed: 0,
    asking: 0,
    bytes: 0,
    bytesDone: 0,
    outcomes: {
      imported: 0,
      versioned: 0,
      "already-here": 0,
      quarantined: 0,
      "left-out": 0,
      unknown: 0,
    },
  };
  for (const { bytes, stage } of list) {
    if (stage.kind === "failed" || stage.kind === "asking") {
      totals[stage.kind]++;
      continue;
    }
    totals.bytes += bytes;
    if (stage.kind === "ended") {
      totals.ended++;
      totals.outcomes[stage.outcome]++;
      totals.bytesDone += bytes;
    } else if (stage.kind === "sending") totals.bytesDone += Math.min(bytes, stage.sent);
  }
  return totals;
}

export const running = ({ files, ended, failed, asking }: Totals) => files > ended + failed + asking;

function tell() {
  due = undefined;
  const list = [...byId.values()];
  const totals = totalsOf(list);
  const began = running(totals) ? (held.began ?? Date.now()) : null;
  held = { list, totals, began, bytesBefore: held.began === null ? held.totals.bytesDone : held.bytesBefore };
  for (const listener of listeners) listener();
}

/** Thousands of files report their progress: the page is told a few times a second. */
export function put(upload: Upload) {
  byId.set(upload.id, upload);
  if (due === undefined) due = setTimeout(tell, NOTIFY_MS);
}

export function stage(id: string, next: Stage) {
  const known = byId.get(id);
  if (known) put({ ...known, stage: next });
}

export function forget() {
  byId.clear();
  held = NONE;
  for (const listener of listeners) listener();
}

export function useUploads(): Uploads {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}

/** Bytes a second and seconds left of the run. */
export function pace(
  { began, bytesBefore, totals }: Uploads,
  now: number,
): { perSecond: number; left: number } | null {
  const seconds = began === null ? 0 : (now - began) / 1000;
  const done = totals.bytesDone - bytesBefore;
  if (seconds < 1 || done <= 0) return null;
  const perSecond = done / seconds;
  return { perSecond, left: (totals.bytes - totals.bytesDone) / perSecond };
}
