/** Undoing acts by the facts that state them, and what is said of it. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { assetKey } from "../api/assets";
import { Problem } from "../api/client";
import { type Done, undo } from "../api/trash";
import { words } from "../words";
import { whyRefused } from "./refused";

/** Why an act was not undone. That somebody changed it since is the usual reason, and has its words. */
export const notUndone = (problem: Pick<Problem, "message"> & Partial<Pick<Problem, "status">>) =>
  words.undo.not(problem.status === 412 ? words.undo.changedSince : problem.message);

/** Undoes facts and reads again what they were about. */
export function useUndoFacts(): (facts: readonly number[]) => Promise<Done> {
  const cache = useQueryClient();
  return useCallback(
    async (facts) => {
      try {
        const done = await undo(facts);
        for (const id of done.done) {
          cache.invalidateQueries({ queryKey: assetKey(id) });
          cache.invalidateQueries({ queryKey: ["history", id] });
        }
        return done;
      } finally {
        cache.invalidateQueries({ queryKey: ["count"] });
      }
    },
    [cache],
  );
}

/** The same for a toast: answers what is to be said, nothing where it was undone as a whole. */
export function useUndoToast() {
  const undoFacts = useUndoFacts();
  const cache = useQueryClient();
  return useCallback(
    async (facts: readonly number[]): Promise<string | null> => {
      try {
        const { refused } = await undoFacts(facts);
        const [first] = await whyRefused(cache, refused);
        return first === undefined ? null : notUndone({ message: first });
      } catch (cause) {
        return notUndone(cause instanceof Problem ? cause : { message: String(cause) });
      }
    },
    [cache, undoFacts],
  );
}
