/** Putting assets in the trash, taking them out, deleting them for ever: what the page does at once, what it says of
 *  it, and how it comes back. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { assetKey, type Counted, type Pages } from "../api/assets";
import { withoutAssets } from "../api/live";
import { type Done, purge, putInTrash, restore } from "../api/trash";
import { isTrash, speaksOfTrash, TRASH } from "../query/trash";
import { selection } from "../screens/library/selection";
import { tell } from "../ui/notices";
import { words } from "../words";
import { whyRefused } from "./refused";
import { useUndoToast } from "./undo";

export type Way = "trash" | "restore" | "purge";

const ACTS = { trash: putInTrash, restore, purge };

/** Whether a result shows what went this way no longer. */
const leaves = (way: Way, query: string) => (way === "trash" ? !speaksOfTrash(query) : isTrash(query));

/** Does it, closes the gap in every result that is held, and says what was done and what was not. Answers the assets
 *  it was done with; throws nothing. */
export function useTrash(): (way: Way, ids: readonly string[], name?: string) => Promise<string[]> {
  const cache = useQueryClient();
  const undo = useUndoToast();
  return useCallback(
    async (way, ids, name) => {
      let done: Done;
      try {
        done = await ACTS[way](ids);
      } catch (cause) {
        tell({ text: cause instanceof Error ? cause.message : words.failed });
        return [];
      }
      const putBack = close(cache, way, done.done);
      selection.remove(done.done);
      const refused = await whyRefused(cache, done.refused);
      const text = done.done.length > 0 ? words.trash.done[way](done.done.length, name) : words.trash.none;
      const undoAll = async () => {
        const said = await undo(done.facts);
        if (said === null) putBack();
        return said;
      };
      tell({ text, refused, ...(done.facts.length > 0 ? { undo: undoAll } : {}) });
      return done.done;
    },
    [cache, undo],
  );
}

/** Takes assets out of the results that show them no longer. Answers how to put them back where they stood: reading
 *  anew would lead only to the first page. */
function close(cache: QueryClient, way: Way, ids: readonly string[]): () => void {
  const gone = new Set(ids);
  const before: [readonly unknown[], Pages][] = [];
  for (const [key, held] of cache.getQueriesData<Pages>({ queryKey: ["assets"] })) {
    if (!held || !leaves(way, String(key[1]))) continue;
    before.push([key, held]);
    cache.setQueryData(key, withoutAssets(held, gone));
  }
  const count = (by: number) =>
    cache.setQueryData<Counted>(
      ["count", TRASH],
      (now) => now && { ...now, total: Math.max(0, now.total + by) },
    );
  count(way === "trash" ? gone.size : -gone.size);
  for (const id of gone) {
    if (way === "purge") cache.removeQueries({ queryKey: assetKey(id) });
    else cache.invalidateQueries({ queryKey: assetKey(id) });
  }
  return () => {
    for (const [key, held] of before) cache.setQueryData(key, held);
  };
}
