/** The selection: ids, kept while one scrolls, sorts, opens an asset and comes back. Leaves with the page. */
import { useSyncExternalStore } from "react";

let held: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>) {
  held = next;
  for (const listener of listeners) listener();
}

export const selection = {
  toggle(id: string) {
    const next = new Set(held);
    if (!next.delete(id)) next.add(id);
    set(next);
  },
  add(ids: Iterable<string>) {
    set(new Set([...held, ...ids]));
  },
  remove(ids: Iterable<string>) {
    const next = new Set(held);
    for (const id of ids) next.delete(id);
    if (next.size < held.size) set(next);
  },
  clear() {
    if (held.size > 0) set(new Set());
  },
};

export function useSelection(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
