/** The trash, and undoing: acts on several assets at once, each answering what became of every one. */
import { noteAct } from "./acted";
import { api, ask } from "./client";
import type { Several } from "./types";

/** Most assets that one request takes; more are asked for in several. */
export const AT_ONCE_MAX = 1000;

/** What became of an act, in however many requests. */
export interface Done {
  done: string[];
  refused: Several["refused"];
  /** The facts that state it, by which it is undone. */
  facts: number[];
}

type Path = "/api/v1/trash" | "/api/v1/trash/restore" | "/api/v1/trash/purge";

async function onAll(path: Path, ids: readonly string[]): Promise<Done> {
  const all: Several[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE_MAX) {
    const body = { assets: ids.slice(at, at + AT_ONCE_MAX) };
    try {
      all.push(await ask(api.POST(path, { body })));
    } catch (cause) {
      if (all.length === 0) throw cause;
      // What was done is told, and can be undone; the rest stays selected.
      break;
    }
  }
  return joined(all);
}

export function joined(all: readonly Several[]): Done {
  for (const { seq } of all) noteAct(seq);
  return {
    done: all.flatMap((each) => each.done),
    refused: all.flatMap((each) => each.refused),
    facts: all.flatMap((each) => (each.fact === null ? [] : [each.fact])),
  };
}

export const putInTrash = (ids: readonly string[]) => onAll("/api/v1/trash", ids);
export const restore = (ids: readonly string[]) => onAll("/api/v1/trash/restore", ids);
export const purge = (ids: readonly string[]) => onAll("/api/v1/trash/purge", ids);
export const emptyTrash = () => ask(api.POST("/api/v1/trash/empty"));

/** Undoes what these facts state, the newest first. */
export async function undo(facts: readonly number[]): Promise<Done> {
  const all: Several[] = [];
  for (const fact of [...facts].sort((a, b) => b - a))
    all.push(await ask(api.POST("/api/v1/undo", { body: { fact } })));
  return joined(all);
}
