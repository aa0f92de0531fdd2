/** A server of one's own for each test file: the real binary on a fresh data folder, and ways in that are quicker than
 *  clicking for what a journey does not look at. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";

export type { Page } from "@playwright/test";
export { expect, test };

const BINARY = resolve(process.env.DAMASK_BINARY ?? "../target/debug/damask");
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

export const PERSON = { name: "Ada Lindqvist", email: "ada@example.org", password: "a long password" };

/** The path of a generated file. */
export const media = (name: string) => join(process.env.DAMASK_E2E_MEDIA ?? "", name);

interface Status {
  seq: number;
  index_seq: number;
  pipeline_seq: number;
  jobs: { waiting: number; running: number };
}

interface Asset {
  id: string;
  name: string;
  kind: string;
  version: string;
  previewed: boolean;
}

export class Site {
  url = "";
  /** The one-time link of the first start. */
  link = "";
  /** Settings of this server alone, by the names of the environment. */
  settings: Record<string, string> = {};
  /** A folder apart from the data folder, for what a server is to put elsewhere. */
  readonly apart = mkdtempSync(join(tmpdir(), "damask-apart-"));
  private data = "";
  private child: ChildProcess | null = null;
  private cookie = "";

  async start() {
    this.data = mkdtempSync(join(tmpdir(), "damask-e2e-"));
    await this.run("127.0.0.1:0");
  }

  /** SIGKILL: the data folder stays as it is at this moment. */
  async kill() {
    const child = this.child;
    if (!child) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
    this.child = null;
  }

  /** Starts on the same folder and address again. */
  async again() {
    await this.run(new URL(this.url).host);
  }

  private async run(listen: string) {
    const args = ["--data", this.data, "serve", "--listen", listen];
    const child = spawn(BINARY, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.settings },
    });
    this.child = child;
    const said: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
    await new Promise<void>((done, failed) => {
      const fail = (why: string) => failed(new Error(`${BINARY} ${why}\n${said.join("\n")}`));
      const limit = setTimeout(() => fail("did not start in time"), START_MS_MAX);
      child.on("error", (cause) => fail(cause.message));
      child.on("exit", (code) => fail(`ended with ${code}`));
      let isServed = false;
      createInterface({ input: child.stdout }).on("line", (line) => {
        const url = /serves (http:\S+?)\/?$/.exec(line)?.[1];
        this.url ||= url ?? "";
        this.link ||= /(http:\S+\/setup\?token=\S+)/.exec(line)?.[1] ?? "";
        isServed ||= url !== undefined;
        if (!isServed || !this.link) return;
        clearTimeout(limit);
        done();
      });
    });
  }

  async stop() {
    const child = this.child;
    if (child && child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      const limit = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(limit);
    }
    for (const folder of [this.data, this.apart]) rmSync(folder, { recursive: true, force: true });
  }

  /** Makes the first administrator without a browser. */
  async settle() {
    const token = new URL(this.link).searchParams.get("token");
    const response = await this.call("POST", "/api/v1/setup", { token, ...PERSON });
    this.cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  /** The process that serves. */
  get pid() {
    return this.child?.pid ?? 0;
  }

  /** Headers that show a request to be the administrator's. */
  shown = () => ({ Cookie: this.cookie, Origin: this.url });

  /** Lets a browser in as the administrator. */
  async enter(context: BrowserContext) {
    const [name = "", value = ""] = this.cookie.split("=");
    await context.addCookies([{ name, value, url: this.url, httpOnly: true, sameSite: "Strict" }]);
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const bytes = body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...this.shown(),
        ...(body === undefined || bytes ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : bytes ? new Uint8Array(body) : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** The same as the machine's owner, by the socket in the data folder: another one than the administrator. */
  asOwner(method: string, path: string, body?: unknown): Promise<number> {
    const headers = { Host: "localhost", "Content-Type": "application/json" };
    return new Promise((done, failed) => {
      const asked = request({ socketPath: join(this.data, "libraries/main/damask.sock"), method, path, headers }, (answer) => {
        answer.resume();
        answer.on("end", () => done(answer.statusCode ?? 0));
      });
      asked.on("error", failed);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async find(query = ""): Promise<Asset[]> {
    const response = await this.call("GET", `/api/v1/assets?${new URLSearchParams({ q: query })}`);
    return ((await response.json()) as { items: Asset[] }).items;
  }

  /** Brings generated files in and waits until all that follows from them is done. */
  async fill(...names: string[]) {
    for (const name of names) await this.call("PUT", `/api/v1/files/${name}`, readFileSync(media(name)));
    await this.settled();
  }

  /** Until no job waits or runs, and the pipeline and the index have followed the journal to its head. */
  async settled() {
    const behind = async () => {
      const response = await this.call("GET", "/api/v1/status");
      const { seq, index_seq, pipeline_seq, jobs } = (await response.json()) as Status;
      return seq - index_seq + (seq - pipeline_seq) + jobs.waiting + jobs.running;
    };
    await expect.poll(behind, { timeout: 90_000 }).toBe(0);
  }

  /** What a search finds once it finds so many: it hears of a change a moment after it was made. */
  async finds(count: number, query = ""): Promise<Asset[]> {
    let found: Asset[] = [];
    await expect.poll(async () => (found = await this.find(query)).length, { message: query }).toBe(count);
    return found;
  }

  /** The asset of a name, once it can be found: what was brought in, or back, is a moment later. */
  async idOf(name: string): Promise<string> {
    let found: Asset | undefined;
    const looked = async () => (found = (await this.find()).find((asset) => asset.name === name));
    await expect.poll(looked, { message: name }).toBeDefined();
    return found?.id ?? "";
  }

  /** How often an asset's original left, by its history. */
  async downloadsOf(id: string): Promise<number> {
    const response = await this.call("GET", `/api/v1/assets/${id}/history`);
    const { items } = (await response.json()) as { items: { verb: string }[] };
    return items.filter((fact) => fact.verb === "original.downloaded").length;
  }
}

/** The server of a test file; with names, also an administrator and those files, and every browser is let in. */
export function served(...names: string[]): Site {
  const site = new Site();
  test.beforeAll(async () => {
    await site.start();
    if (names.length === 0) return;
    await site.settle();
    await site.fill(...names);
  });
  test.afterAll(() => site.stop());
  if (names.length > 0) test.beforeEach(({ context }) => site.enter(context));
  return site;
}

/** Until nothing moves or fades any more: what is half there has half of its contrast. What turns for as long as work
 *  goes on never ends, and is not waited for. */
async function still(page: Page) {
  const moving = () =>
    page.evaluate(() => {
      const ends = (each: Animation) => Number.isFinite(each.effect?.getComputedTiming().endTime ?? 0);
      return document.getAnimations().filter((each) => each.playState === "running" && ends(each)).length;
    });
  // Mantine's parts begin to move a frame or two after they are there.
  for (let frames = 0; frames < 3; frames++) {
    await expect.poll(moving, { timeout: 20_000 }).toBe(0);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  await expect.poll(moving, { timeout: 20_000 }).toBe(0);
}

/** The note that says what was just done, held as a person holds it who means to undo it: it goes away by itself. */
export async function noted(page: Page, text: string | RegExp) {
  await page.getByText(text).hover();
}

/** Nobody is shut out of what is on the page now: axe finds no violation. */
export async function check(page: Page) {
  await still(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const said = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join("\n")}`,
  );
  expect(said.join("\n\n")).toBe("");
}
