/** Uploads by clients that were not written here, killed and started anew, to a server that is killed as well: what
 *  comes of each is one asset with the bytes that were sent, and what was acknowledged is not sent again. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, served, test } from "../site.ts";

const site = served("notes.txt");
const PYTHON = process.env.DAMASK_PYTHON;
const MEGABYTE = 1 << 20;

let folder = "";
let key = "";
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "damask-resume-"));
  const made = await site.call("POST", "/api/v1/keys", { name: "a card reader", scopes: ["read", "write", "download"] });
  key = ((await made.json()) as { secret: string }).secret;
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, megabytes: number) {
  const bytes = randomBytes(megabytes * MEGABYTE);
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, name, hash: hashOf(bytes) };
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** One asset has that name, and the bytes that were sent. */
async function expectWhole(name: string, hash: string) {
  await site.finds(1, `name:${name}`);
  const original = await site.call("GET", `/api/v1/assets/${await site.idOf(name)}/original`);
  expect(hashOf(new Uint8Array(await original.arrayBuffer()))).toBe(hash);
}

interface Wish {
  parts: number;
  pauseAt?: number;
}

/** A client in a process of its own; its lines, and its end. */
class Client {
  readonly said: string[] = [];
  private child: ChildProcess;
  private ended: Promise<number | null>;

  constructor(program: string, script: string, path: string, { parts, pauseAt }: Wish) {
    const words = [resolve("clients", script), `${site.url}/api/v1/uploads`, key, path, `${path}.memory`, `${MEGABYTE}`];
    this.child = spawn(program, [...words, `${parts}`, ...(pauseAt ? [`${pauseAt}`] : [])], { stdio: ["ignore", "pipe", "pipe"] });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on("line", (line) => this.said.push(line));
    createInterface({ input: this.child.stderr as NodeJS.ReadableStream }).on("line", (line) => this.said.push(`! ${line}`));
    this.ended = new Promise((done) => this.child.once("close", done));
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  async end() {
    const code = await this.ended;
    return { code, said: this.said };
  }
}

/** Killed in the middle, the client; then the server; then the client goes on to the end. */
async function throughKills(program: string, script: string, parts: number) {
  const { path, name, hash } = file(`${script}-${parts}.bin`, 12);
  const first = new Client(program, script, path, { parts, pauseAt: 3 * MEGABYTE });
  await expect.poll(() => first.said).toContain("paused");
  await first.kill();
  const second = new Client(program, script, path, { parts, pauseAt: 7 * MEGABYTE });
  await expect.poll(() => second.said).toContain("paused");
  expect(second.said).toContain("resumed");
  await site.kill();
  await second.kill();
  await site.again();
  const last = new Client(program, script, path, { parts });
  expect(await last.end()).toEqual({ code: 0, said: ["resumed", "done"] });
  await expectWhole(name, hash);
}

test("tus-js-client goes on after it was killed, and after the server was", async () => {
  await throughKills(process.execPath, "tus.mjs", 1);
});

test("parallel parts of tus-js-client go on too, and become one file", async () => {
  await throughKills(process.execPath, "tus.mjs", 3);
});

test("tuspy goes on after it was killed, and after the server was", async () => {
  test.skip(!PYTHON || !existsSync(PYTHON), "DAMASK_PYTHON names no python with tuspy (scripts/oracles.sh)");
  await throughKills(PYTHON ?? "", "tuspy.py", 1);
});

test("the page goes on where it was when it was closed and the server killed", async ({ page, context }) => {
  const { path, name, hash } = file("camera-card.bin", 24);
  const offsets: number[] = [];
  context.on("request", (request) => {
    const offset = request.headers()["upload-offset"];
    if (request.method() === "PATCH" && offset !== undefined) offsets.push(Number(offset));
  });
  const send = async (to: typeof page) => {
    await to.goto(site.url);
    const chooser = to.waitForEvent("filechooser");
    await to.getByRole("button", { name: "Add files" }).first().click();
    await (await chooser).setFiles(path);
  };
  // The first chunk comes with the beginning of the upload; the second never leaves.
  await page.route("**/api/v1/uploads/*", (route) => (route.request().method() === "PATCH" ? undefined : route.continue()));
  await send(page);
  await expect.poll(() => offsets.length).toBeGreaterThan(0);
  await page.close();
  await site.kill();
  await site.again();

  offsets.length = 0;
  const next = await context.newPage();
  await send(next);
  await expect(next.getByRole("region", { name: "Uploads" }).getByText("1 imported")).toBeVisible();
  expect(offsets[0]).toBeGreaterThanOrEqual(16 * MEGABYTE);
  await expectWhole(name, hash);
});
