import { BasePlugin, type Uppy } from "@uppy/core";
import { beforeEach, expect, it, vi } from "vitest";
import type { Stage, Upload } from "./store";

/** What the server would do with each file that is sent, by path. */
const refused = new Set<string>();
const sent: string[] = [];
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
          if (refused.has(path)) this.uppy.emit("upload-error", file, { name: "Error", message: "no room" });
          else this.uppy.emit("upload-success", file, { status: 200, body: {} });
        }
      });
    }
  },
}));
vi.mock("./store", () => ({
  put: (upload: Upload) => rows.set(upload.id, upload),
  stage: (id: string, next: Stage) => {
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, stage: next });
  },
}));

const { cancel, clear, retry, send } = await import("./engine");

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
  sent.length = 0;
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
