/** Deciding about files in quarantine, one or several: what came of each is told together. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { admitFile, afterAct, discardFile } from "../../api/quarantine";
import type { Arrival, Quarantined } from "../../api/types";
import { tell } from "../../ui/notices";
import { words } from "../../words";

/** Refusals that are told one by one. */
const TOLD_MAX = 3;

export interface Decided {
  file: Quarantined;
  arrival: Arrival | null;
}

interface Outcome {
  done: Decided[];
  refused: { file: Quarantined; why: string }[];
}

/** One after the other: each is a write of its own, and the server has others to serve. */
async function each(
  files: readonly Quarantined[],
  act: (id: string) => Promise<Arrival | null>,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], refused: [] };
  for (const file of files) {
    try {
      outcome.done.push({ file, arrival: await act(file.id) });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "";
      outcome.refused.push({ file, why: why || words.noAnswer });
    }
  }
  return outcome;
}

const ACTS = {
  admit: admitFile,
  discard: async (id: string) => {
    await discardFile(id);
    return null;
  },
};

export function useDecide(act: "admit" | "discard", onDone: (done: Decided[]) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (files: readonly Quarantined[]) => each(files, ACTS[act]),
    onSuccess: ({ done, refused }) => {
      say(act, done, refused);
      onDone(done);
    },
    onSettled: () => afterAct(cache, act),
  });
}

function say(act: "admit" | "discard", done: Decided[], refused: Outcome["refused"]) {
  const [only] = done;
  const one = done.length === 1 ? only?.file.name : undefined;
  const did =
    act === "discard"
      ? words.quarantine.discarded(done.length)
      : one !== undefined
        ? words.quarantine.isIn(one)
        : words.quarantine.areIn(done.length);
  // What is let in says so in its place; a toast beside it would say it twice.
  if (act === "admit" && done.length === 1 && refused.length === 0) return;
  const told = refused.slice(0, TOLD_MAX).map(({ file, why }) => words.quarantine.refused(file.name, why));
  const rest = refused.length - told.length;
  tell({
    text: done.length === 0 ? words.trash.none : did,
    refused: rest > 0 ? [...told, words.trash.andMore(String(rest))] : told,
  });
}
