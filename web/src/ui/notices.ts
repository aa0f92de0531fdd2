/** What the page says of an act that was just done, and how it is undone. One at a time: the newest. */
import { useSyncExternalStore } from "react";

export interface Notice {
  text: string;
  /** What did not go with it, each with its reason. It stays until it was read. */
  refused?: string[];
  /** Undoes the act; answers what is to be said of it, nothing where that is plain. */
  undo?: () => Promise<string | null>;
}

let held: (Notice & { key: number }) | null = null;
let key = 0;
const listeners = new Set<() => void>();

function set(next: typeof held) {
  held = next;
  for (const listener of listeners) listener();
}

export const tell = (notice: Notice) => set({ ...notice, key: ++key });
export const dismiss = () => held && set(null);

export function useNotice() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
