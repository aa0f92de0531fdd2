/** The door to the uploader, which is loaded when it is first needed. */
import type { Dropped } from "./dropped";
import type { Intent, SameName } from "./engine";

const engine = () => import("./engine");

export async function addFiles(files: readonly Dropped[], intent: Intent = {}) {
  if (files.length > 0) (await engine()).send(files, intent);
}

export async function answerFiles(rows: readonly string[], said: SameName, all: boolean) {
  (await engine()).answer(rows, said, all);
}

export async function retryFiles(ids: readonly string[]) {
  (await engine()).retry(ids);
}

export async function stopAll() {
  (await engine()).cancel();
}

export async function clearEngine() {
  (await engine()).clear();
}
