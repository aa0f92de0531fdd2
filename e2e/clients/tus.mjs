/** tus-js-client as a process of its own, so that it can be killed and started anew: it remembers its uploads in a file.
 *  usage: tus.mjs ENDPOINT KEY FILE MEMORY CHUNK_BYTES PARTS [PAUSE_AT_BYTES]
 *  It says `resumed`, `paused` (and waits to be killed) and `done` in lines. */
import { createReadStream } from "node:fs";
import { FileUrlStorage, Upload } from "tus-js-client";

const [endpoint, key, path, memory, chunk, parts, pauseAt] = process.argv.slice(2);
const say = (words) => process.stdout.write(`${words}\n`);
let sent = 0;
let isPaused = false;

const upload = new Upload(createReadStream(path), {
  endpoint,
  headers: { Authorization: `Bearer ${key}` },
  chunkSize: Number(chunk),
  parallelUploads: Number(parts),
  metadata: { filename: path.split("/").at(-1) },
  urlStorage: new FileUrlStorage(memory),
  retryDelays: null,
  onProgress: (bytes) => {
    sent = bytes;
  },
  onBeforeRequest: async (request) => {
    if (!pauseAt || request.getMethod() !== "PATCH" || (!isPaused && sent < Number(pauseAt))) return;
    if (!isPaused) say("paused");
    isPaused = true;
    await new Promise(() => setInterval(() => {}, 60_000));
  },
  onSuccess: () => say("done"),
  onError: (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
});
const [known] = await upload.findPreviousUploads();
if (known) {
  say("resumed");
  upload.resumeFromPreviousUpload(known);
}
upload.start();
