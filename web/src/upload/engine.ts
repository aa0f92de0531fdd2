/** The uploader: Uppy with tus. Loaded with the first file. Knows nothing of the page: it reports to the store. */
import Uppy, { type Body, type Meta } from "@uppy/core";
import Tus from "@uppy/tus";
import { readAsset } from "../api/assets";
import type { Dropped } from "./dropped";
import { freeId, identityOf } from "./identity";
import { maybeTryAgain, problemOf, wordsOf } from "./refusal";
import { hasBytesOf } from "./sameBytes";
import { type Outcome, put, stage } from "./store";

/** What is to become of a file whose folder has one of that name. */
export type SameName = "ask" | "version" | "copy" | "skip";

export interface Intent {
  /** The asset that gets the file as its new version. */
  replaces?: string;
}

interface FileMeta extends Meta {
  relativePath: string;
  batch: string;
  sameName: SameName;
  replaces?: string;
  /** The line of the list that tells of it. It stays on the page. */
  row: string;
}
interface TusAnswer extends Body {
  xhr: XMLHttpRequest;
}

/** A file that is not done, kept for another try: Uppy forgets what it refused and what was stopped. */
interface Kept extends Dropped, Intent {
  batch: string;
  sameName: SameName;
  /** The asset of that name, where it was asked. */
  here: string | null;
  /** Its id in Uppy; `null` where Uppy did not take it. */
  sent: string | null;
}

const AT_ONCE = 4;
/** Bytes of one request. An upload whose first request breaks off has no address yet to go on at. */
const CHUNK_BYTES = 16 << 20;
const RETRY_MS = [500, 1500, 4000, 10_000];
/** How long is waited for what is known of the file that is there. */
const LOOK_MS_MAX = 10_000;
const OUTCOMES: readonly Outcome[] = ["imported", "already-here", "quarantined"];

const kept = new Map<string, Kept>();
/** What was said for all files of a batch whose name is there. */
const answers = new Map<string, SameName>();

const uppy = new Uppy<FileMeta, TusAnswer>({
  autoProceed: true,
  allowMultipleUploadBatches: true,
  // Uppy's own ids ignore case, and it refuses an id that it holds.
  onBeforeFileAdded: (file, held) => ({ ...file, id: freeId(identityOf(file), (id) => id in held) }),
});
uppy.use(Tus, {
  endpoint: "/api/v1/uploads",
  limit: AT_ONCE,
  chunkSize: CHUNK_BYTES,
  retryDelays: RETRY_MS,
  // Named one by one, those that a file does not have would be sent as the word "undefined".
  allowedMetaFields: true,
  onShouldRetry: (error, _attempt, _options, usual) => maybeTryAgain(error) && usual(error),
  uploadDataDuringCreation: true,
  removeFingerprintOnSuccess: true,
});

uppy.on("upload-progress", (file, progress) => {
  if (file) stage(file.meta.row, { kind: "sending", sent: progress.bytesUploaded });
});

uppy.on("upload-success", (file, response) => {
  if (!file) return;
  const xhr = response.body?.xhr;
  const said = xhr?.getResponseHeader("Damask-Outcome");
  const asset = xhr?.getResponseHeader("Damask-Asset") ?? null;
  const one = kept.get(file.meta.row);
  const wanted = one?.replaces ?? (one?.sameName === "version" ? one.here : null);
  const outcome = OUTCOMES.find((outcome) => outcome === said) ?? "unknown";
  kept.delete(file.meta.row);
  stage(file.meta.row, {
    kind: "ended",
    outcome: outcome === "imported" && wanted && wanted === asset ? "versioned" : outcome,
    asset,
    reason: xhr?.getResponseHeader("Damask-Reason") ?? null,
  });
});

uppy.on("upload-error", (file, error) => {
  if (!file) return;
  const { code, asset } = problemOf(error);
  if (code === "same-name" && asset) meet(file.meta.row, asset);
  else stage(file.meta.row, { kind: "failed", why: wordsOf(error) });
});

// Not in the event of one file's success: tus is still at its work there, and would take the upload back.
uppy.on("complete", () => {
  const done = uppy.getFiles().filter((file) => file.progress.uploadComplete);
  uppy.removeFiles(done.map((file) => file.id));
});

/** A file of that name is there. The very same one is sent, so that the server says so; of another the person says
 *  what is to become of it, unless that was said for the whole batch. */
async function meet(row: string, here: string) {
  const one = kept.get(row);
  if (!one) return;
  one.here = here;
  stage(row, { kind: "waiting" });
  const { asset } = await cacheless(here);
  const same = asset !== null && (await hasBytesOf(one.file, asset).catch(() => false));
  const said = same ? "copy" : answers.get(one.batch);
  if (said) settle(row, said);
  else stage(row, { kind: "asking", here, batch: one.batch });
}

const cacheless = (id: string) =>
  readAsset(id)
    .queryFn({ signal: AbortSignal.timeout(LOOK_MS_MAX) })
    .catch(() => ({ asset: null }));

function settle(row: string, said: SameName) {
  const one = kept.get(row);
  if (!one) return;
  if (one.sent !== null && uppy.getFile(one.sent)) uppy.removeFile(one.sent);
  one.sent = null;
  if (said === "skip") {
    kept.delete(row);
    stage(row, { kind: "ended", outcome: "left-out", asset: one.here, reason: null });
    return;
  }
  one.sameName = said;
  stage(row, { kind: "waiting" });
  begin(row);
}

/** What is to become of files whose name is there; with `all`, also of those of their batches that are still to come. */
export function answer(rows: readonly string[], said: SameName, all: boolean) {
  for (const row of rows) {
    const batch = kept.get(row)?.batch;
    if (all && batch) answers.set(batch, said);
    settle(row, said);
  }
}

/** Takes files and begins at once. The same file again is sent again: what it is, the server says. */
export function send(files: readonly Dropped[], { replaces }: Intent = {}) {
  const batch = crypto.randomUUID();
  for (const { file, path } of files) {
    const row = crypto.randomUUID();
    const one: Kept = { file, path, batch, sent: null, sameName: "ask", here: null };
    if (replaces) one.replaces = replaces;
    kept.set(row, one);
    put({ id: row, path, bytes: file.size, stage: { kind: "waiting" } });
    begin(row);
  }
}

function begin(row: string) {
  const one = kept.get(row);
  if (!one) return;
  try {
    one.sent = uppy.addFile({
      name: one.file.name,
      type: one.file.type || "application/octet-stream",
      data: one.file,
      meta: {
        relativePath: one.path,
        batch: one.batch,
        row,
        sameName: one.sameName,
        ...(one.replaces ? { replaces: one.replaces } : {}),
      },
    });
  } catch (cause) {
    stage(row, { kind: "failed", why: cause instanceof Error ? cause.message : String(cause) });
  }
}

/** Tries failed lines again, whether Uppy still holds their files or not. */
export function retry(rows: readonly string[]) {
  for (const row of rows) {
    const one = kept.get(row);
    if (!one) continue;
    stage(row, { kind: "waiting" });
    if (one.sent === null || !uppy.getFile(one.sent)) {
      begin(row);
      continue;
    }
    uppy.retryUpload(one.sent).catch(() => {
      // The error event has told the store.
    });
  }
}

/** Stops what is not done. What failed before keeps its reason. */
export function cancel() {
  for (const file of uppy.getFiles()) {
    if (!file.progress.uploadComplete && !file.error) stage(file.meta.row, { kind: "failed", why: "" });
  }
  for (const [row, one] of kept) if (one.here !== null) stage(row, { kind: "failed", why: "" });
  uppy.cancelAll();
}

export function clear() {
  kept.clear();
  answers.clear();
  uppy.clear();
}
