/** Many who send at once: what the server holds in memory does not grow with what they send. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ClientRequest, request } from "node:http";
import { expect, served, test } from "../site.ts";

const site = served("notes.txt");
const SENDERS = 32;
const MEGABYTE = 1 << 20;
const FILE_BYTES = 24 * MEGABYTE;
/** For each sender: three pieces of a megabyte on their way to the disk, and what the network gave. */
const SENDER_BYTES_MAX = 8 * MEGABYTE;

/** Memory of the server's process, in bytes. */
function memory(what: "VmHWM" | "VmRSS"): number {
  const said = readFileSync(`/proc/${site.pid}/status`, "utf8");
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(said)?.[1] ?? Number.NaN) * 1024;
}

/** Sends a file that is like no other by tus, in one chunk; answers the status and the outcome. */
async function send(number: number): Promise<[number | undefined, string | string[] | undefined]> {
  const tus = { "Tus-Resumable": "1.0.0" };
  const metadata = `filename ${Buffer.from(`card ${number}.bin`).toString("base64")}`;
  const begun = await site.call("POST", "/api/v1/uploads", undefined, {
    ...tus,
    "Upload-Length": `${FILE_BYTES}`,
    "Upload-Metadata": metadata,
  });
  const block = randomBytes(MEGABYTE);
  return new Promise((done, failed) => {
    const headers = {
      ...tus,
      ...site.shown(),
      "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream",
      "Content-Length": `${FILE_BYTES}`,
    };
    const place = new URL(begun.headers.get("location") ?? "", site.url);
    const chunk: ClientRequest = request(place, { method: "PATCH", headers }, (answer) => {
      answer.resume();
      answer.on("end", () => done([answer.statusCode, answer.headers["damask-outcome"]]));
    });
    chunk.on("error", failed);
    let left = FILE_BYTES;
    const more = () => {
      while (left > 0) {
        left -= block.length;
        if (!chunk.write(block)) return void chunk.once("drain", more);
      }
      chunk.end();
    };
    more();
  });
}

test("thirty-two uploads at once take a bounded part of memory", async () => {
  test.setTimeout(180_000);
  const before = memory("VmRSS");
  const ended = await Promise.all(Array.from({ length: SENDERS }, (_, number) => send(number)));
  expect(ended).toEqual(Array.from({ length: SENDERS }, () => [204, "imported"]));
  const grown = memory("VmHWM") - before;
  expect(SENDERS * SENDER_BYTES_MAX).toBeLessThan((SENDERS * FILE_BYTES) / 2);
  expect(grown).toBeLessThan(SENDERS * SENDER_BYTES_MAX);
});
