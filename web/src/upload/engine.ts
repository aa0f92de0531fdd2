/** The uploader: Uppy with tus. Loaded with the first file. Knows nothing of the page: it reports to the store. */
import Uppy, { type Body, type Meta } from "@uppy/core";
import Tus from "@uppy/tus";
import type { Dropped } from "./dropped";
import { type Outcome, put, stage } from "./store";

interface FileMeta extends Meta {
  relativePath: string;
  batch: string;
}
interface TusAnswer extends Body {
  xhr: XMLHttpRequest;
}

const AT_ONCE = 4;
const RETRY_MS = [500, 1500, 4000, 10_000];
const OUTCOMES: readonly Outcome[] = ["imported", "already-here", "quarantined"];

const uppy = new Uppy<FileMeta, TusAnswer>({ autoProceed: true, allowMultipleUploadBatches: true });
uppy.use(Tus, {
  endpoint: "/api/v1/uploads",
  limit: AT_ONCE,
  retryDelays: RETRY_MS,
  allowedMetaFields: ["name", "type", "relativePath", "batch"],
  uploadDataDuringCreation: true,
  removeFingerprintOnSuccess: true,
});

uppy.on("upload-progress", (file, progress) => {
  if (file) stage(file.id, { kind: "sending", sent: progress.bytesUploaded });
});

uppy.on("upload-success", (file, response) => {
  if (!file) return;
  const xhr = response.body?.xhr;
  const said = xhr?.getResponseHeader("Damask-Outcome");
  stage(file.id, {
    kind: "ended",
    outcome: OUTCOMES.find((outcome) => outcome === said) ?? "unknown",
    asset: xhr?.getResponseHeader("Damask-Asset") ?? null,
    reason: xhr?.getResponseHeader("Damask-Reason") ?? null,
  });
});

uppy.on("upload-error", (file, error) => {
  if (file) stage(file.id, { kind: "failed", why: wordsOf(error) });
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

/** Takes files and begins at once. A file that is already under way is passed over. */
export function send(files: readonly Dropped[]) {
  const batch = crypto.randomUUID();
  for (const { file, path } of files) {
    try {
      const id = uppy.addFile({
        name: file.name,
        type: file.type || "application/octet-stream",
        data: file,
        // Uppy tells files apart by this too, so two of one name in two folders are two.
        meta: { relativePath: path, batch },
      });
      put({ id, path, bytes: file.size, stage: { kind: "waiting" } });
    } catch (cause) {
      put({
        id: `${batch}/${path}`,
        path,
        bytes: file.size,
        stage: { kind: "failed", why: cause instanceof Error ? cause.message : String(cause) },
      });
    }
  }
}

export function retry(ids: readonly string[]) {
  for (const id of ids) {
    if (!uppy.getFile(id)) continue;
    stage(id, { kind: "waiting" });
    uppy.retryUpload(id).catch(() => {
      // The error event has told the store.
    });
  }
}

export function cancel() {
  for (const file of uppy.getFiles()) {
    if (!file.progress.uploadComplete) stage(file.id, { kind: "failed", why: "" });
  }
  uppy.cancelAll();
}

export function clear() {
  uppy.clear();
}
