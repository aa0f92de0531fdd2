/** The uploader: Uppy with tus. Loaded with the first file. Knows nothing of the page: it reports to the store. */
import Uppy, { type Body, type Meta } from "@uppy/core";
import Tus from "@uppy/tus";
import type { Dropped } from "./dropped";
import { freeId, identityOf } from "./identity";
import { type Outcome, put, stage } from "./store";

interface FileMeta extends Meta {
  relativePath: string;
  batch: string;
  /** The line of the list that tells of it. It stays on the page. */
  row: string;
}
interface TusAnswer extends Body {
  xhr: XMLHttpRequest;
}

/** A file that is not done, kept for another try: Uppy forgets what it refused and what was stopped. */
interface Kept extends Dropped {
  batch: string;
  /** Its id in Uppy; `null` where Uppy did not take it. */
  sent: string | null;
}

const AT_ONCE = 4;
const RETRY_MS = [500, 1500, 4000, 10_000];
const OUTCOMES: readonly Outcome[] = ["imported", "already-here", "quarantined"];

const kept = new Map<string, Kept>();

const uppy = new Uppy<FileMeta, TusAnswer>({
  autoProceed: true,
  allowMultipleUploadBatches: true,
  // Uppy's own ids ignore case, and it refuses an id that it holds.
  onBeforeFileAdded: (file, held) => ({ ...file, id: freeId(identityOf(file), (id) => id in held) }),
});
uppy.use(Tus, {
  endpoint: "/api/v1/uploads",
  limit: AT_ONCE,
  retryDelays: RETRY_MS,
  allowedMetaFields: ["name", "type", "relativePath", "batch"],
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
  kept.delete(file.meta.row);
  stage(file.meta.row, {
    kind: "ended",
    outcome: OUTCOMES.find((outcome) => outcome === said) ?? "unknown",
    asset: xhr?.getResponseHeader("Damask-Asset") ?? null,
    reason: xhr?.getResponseHeader("Damask-Reason") ?? null,
  });
});

uppy.on("upload-error", (file, error) => {
  if (file) stage(file.meta.row, { kind: "failed", why: wordsOf(error) });
});

// Not in the event of one file's success: tus is still at its work there, and would take the upload back.
uppy.on("complete", () => {
  const done = uppy.getFiles().filter((file) => file.progress.uploadComplete);
  uppy.removeFiles(done.map((file) => file.id));
});

/** A tus error quotes the whole exchange; the server's own words are in its body. */
function wordsOf(error: Error): string {
  const body = (
    error as { originalResponse?: { getBody?: () => string } | null }
  ).originalResponse?.getBody?.();
  try {
    const problem = JSON.parse(body ?? "") as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? error.message;
  } catch {
    return error.message.split(", originated from request")[0] ?? error.message;
  }
}

/** Takes files and begins at once. The same file again is sent again: what it is, the server says. */
export function send(files: readonly Dropped[]) {
  const batch = crypto.randomUUID();
  for (const { file, path } of files) {
    const row = crypto.randomUUID();
    kept.set(row, { file, path, batch, sent: null });
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
      meta: { relativePath: one.path, batch: one.batch, row },
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
  uppy.cancelAll();
}

export function clear() {
  kept.clear();
  uppy.clear();
}
