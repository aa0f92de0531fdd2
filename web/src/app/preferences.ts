/** What a person sets for this browser: density, thumbnail size, whether the panel is open. Not in the URL, because
 *  a link must show another person the same assets, not the same furniture. */
import { useSyncExternalStore } from "react";

export interface Preferences {
  density: "compact" | "comfortable";
  /** Height that rows of the grid come near to, in pixels. */
  rowPx: number;
  panel: boolean;
}

export const ROW_PX = { min: 80, max: 360, usual: 148 };
const KEY = "damask.preferences";
const USUAL: Preferences = { density: "compact", rowPx: ROW_PX.usual, panel: true };
const listeners = new Set<() => void>();
let held = read();

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
    const rowPx = Number(kept.rowPx) || USUAL.rowPx;
    return {
      density: kept.density === "comfortable" ? "comfortable" : "compact",
      rowPx: Math.min(ROW_PX.max, Math.max(ROW_PX.min, rowPx)),
      panel: kept.panel !== false,
    };
  } catch {
    return USUAL;
  }
}

export function prefer(change: Partial<Preferences>) {
  held = { ...held, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(held));
  } catch {
    // A full or forbidden storage only forgets.
  }
  show();
  for (const listener of listeners) listener();
}

/** Puts the density on the page; tokens.css does the rest. */
export function show() {
  document.documentElement.dataset.density = held.density;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
