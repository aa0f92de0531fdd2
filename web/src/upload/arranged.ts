/** How the list of uploads is laid out: what needs a person first, then what is under way, each in the order in which
 *  the files were chosen; what is done folds away behind its number. */
import type { Upload } from "./store";

export interface Arranged {
  asking: Upload[];
  failed: Upload[];
  /** Kept aside by the server, until somebody decides. */
  aside: Upload[];
  going: Upload[];
  done: Upload[];
}

export function arranged(list: readonly Upload[]): Arranged {
  const parts: Arranged = { asking: [], failed: [], aside: [], going: [], done: [] };
  for (const upload of list) parts[placeOf(upload)].push(upload);
  return parts;
}

function placeOf({ stage }: Upload): keyof Arranged {
  if (stage.kind === "failed" || stage.kind === "asking") return stage.kind;
  if (stage.kind !== "ended") return "going";
  return stage.outcome === "quarantined" ? "aside" : "done";
}
