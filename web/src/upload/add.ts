/** The door to the uploader, which is loaded when it is first needed. */
import type { Dropped } from "./dropped";

const engine = () => import("./engine");

export async function addFiles(files: readonly Dropped[]) {
  if (files.length > 0) (await engine()).send(files);
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
