import { BasePlugin, type Uppy } from "@uppy/core";
import { beforeEach, expect, it, vi } from "vitest";
import type { Stage, Upload } from "./store";

/** What the server would do with each file that is sent, by path. */
const refused = new Set<string>();
/** Paths whose folder has a file of that name, which is asked about. */
const there = new Set<string>();
const sent: string[] = [];
/** What was wanted of each. */
const wanted: unknown[] = [];
const rows = new Map<string, Upload>();

vi.mock("@uppy/tus", () => ({
  default: class extends BasePlugin<object, Record<string, unknown>, Record<string, unknown>> {
    constructor(uppy: Uppy<Record<string, unknown>, Record<string, unknown>>) {
      super(uppy, {});
      this.id = "Tus";
      this.type = "uploader";
    }
    override install() {
      this.uppy.addUploader(async (ids) => {
        for (const file of ids.map((id) => this.uppy.getFile(id))) {
          const path = String(file.meta.relativePath);
          sent.push(path);
          wanted.push(file.meta.replaces ?? file.meta.sameName);
          if (there.has(path) && file.meta.sameName === "ask")
            this.uppy.emit("upload-error", file, sameName());
          else if (refused.has(path))
            this.uppy.emit("upload-error", file, { name: "Error", message: "no room" });
          else this.uppy.emit("upload-success", file, { status: 200, body: {} });
        }
      });
    }
  },
}));
const sameName = () =>
  Object.assign(new Error("tus: unexpected response"), {
    originalResponse: { getBody: () => JSON.stringify({ code: "same-name", asset: "a1" }) },
  });
/** The asset of that name holds "abc". */
const ABC = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
vi.mock("../api/assets", () => ({
  readAsset: () => ({ queryFn: async () => ({ asset: { id: "a1", bytes: 3, hash: ABC } }) }),
}));
vi.mock("./store", () => ({
  put: (upload: Upload) => rows.set(upload.id, upload),
  stage: (id: string, next: Stage) => {
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, stage: next });
  },
}));

const { answer, cancel, clear, retry, send } = await import("./engine");

const dropped = (path: string, content = "abc") => ({
  file: new File([content], path.split("/").at(-1) ?? path, { lastModified: 7 }),
  path,
});
const stages = () => [...rows.values()].map((row) => row.stage.kind);
const failed = () => [...rows.values()].filter((row) => row.stage.kind === "failed").map((row) => row.id);
const settled = (expected: string[]) => vi.waitFor(() => expect(stages()).toEqual(expected));

beforeEach(() => {
  clear();
  refused.clear();
  there.clear();
  sent.length = 0;
  wanted.length = 0;
  rows.clear();
});

it("a file that was sent is sent again, and has a line of its own", async () => {
  send([dropped("a.jpg")]);
  await settled(["ended"]);
  send([dropped("a.jpg")]);
  await settled(["ended", "ended"]);
  expect(sent).toEqual(["a.jpg", "a.jpg"]);
});

it("files that agree in name, size and time are all sent", async () => {
  send([dropped("a.jpg", "abc"), dropped("a.jpg", "xyz"), dropped("A.JPG", "abc")]);
  await settled(["ended", "ended", "ended"]);
  expect(sent).toEqual(["a.jpg", "a.jpg", "A.JPG"]);
});

it("a failed line is tried again", async () => {
  refused.add("a.jpg");
  send([dropped("a.jpg")]);
  await settled(["failed"]);
  refused.clear();
  retry(failed());
  await settled(["ended"]);
  expect(sent).toEqual(["a.jpg", "a.jpg"]);
});

it("a stopped line is tried again", async () => {
  send([dropped("a.jpg")]);
  cancel();
  expect(stages()).toEqual(["failed"]);
  retry(failed());
  await settled(["ended"]);
  expect(sent).toEqual(["a.jpg"]);
});

it("a file that failed before can be dropped again", async () => {
  refused.add("a.jpg");
  send([dropped("a.jpg")]);
  await settled(["failed"]);
  refused.clear();
  send([dropped("a.jpg")]);
  await vi.waitFor(() => expect(stages()[1]).toBe("ended"));
});

const asking = () => [...rows.values()].filter((row) => row.stage.kind === "asking").map((row) => row.id);

it("a file whose name is there waits for an answer, and is sent again with it", async () => {
  there.add("a.jpg");
  send([dropped("a.jpg", "other")]);
  await settled(["asking"]);
  expect(wanted).toEqual(["ask"]);
  answer(asking(), "version", false);
  await settled(["ended"]);
  expect(wanted).toEqual(["ask", "version"]);
});

it("the very file that is there needs no answer", async () => {
  there.add("a.jpg");
  send([dropped("a.jpg", "abc")]);
  await settled(["ended"]);
  expect(wanted).toEqual(["ask", "copy"]);
});

it("what is left out is not sent again", async () => {
  there.add("a.jpg");
  send([dropped("a.jpg", "other")]);
  await settled(["asking"]);
  answer(asking(), "skip", false);
  await settled(["ended"]);
  expect([...rows.values()][0]?.stage).toMatchObject({ outcome: "left-out", asset: "a1" });
  expect(sent).toEqual(["a.jpg"]);
});

it("an answer for all holds for those of the batch that are asked about later", async () => {
  there.add("a.jpg").add("b.jpg");
  send([dropped("a.jpg", "other"), dropped("b.jpg", "other")]);
  await vi.waitFor(() => expect(asking().length).toBeGreaterThan(0));
  answer(asking().slice(0, 1), "copy", true);
  await vi.waitFor(() => {
    answer(asking(), "copy", true);
    expect(stages()).toEqual(["ended", "ended"]);
  });
  expect(wanted.filter((each) => each === "copy")).toHaveLength(2);
});

it("a file meant for an asset says so", async () => {
  send([dropped("a.jpg")], { replaces: "a1" });
  await settled(["ended"]);
  expect(wanted).toEqual(["a1"]);
});
