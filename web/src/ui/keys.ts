/** Keys of a screen. A key typed into a field, or while a dialog is open, belongs to that. */
import { useEffect, useRef } from "react";

/** What `Mod` is called on this machine's keyboard. */
export const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** The name of a key press: `Shift+ArrowLeft`, `Mod+a` (Ctrl or ⌘), `x`, `?`. */
export function keyName(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
): string {
  const name = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  // A sign that itself needs Shift is named by the sign alone.
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key)) ? "Shift+" : "";
  return `${mod}${alt}${shift}${name}`;
}

const takesText = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|range|button)$/.test(target.type));

/** Keys that a focused part answers itself: a button its Enter and Space, a slider or tab its arrows. The links of the
 *  grid leave theirs to the grid. */
function answersItself(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter" || key === " ") {
    return (
      !target.closest('[role="grid"]') &&
      target.closest("button, a, summary, select, input, [role=menuitem]") !== null
    );
  }
  return (
    /^(Arrow|Home|End|Page)/.test(key) &&
    target.closest(
      "[role=slider], [role=tab], [role=menu], [role=radiogroup], input[type=radio], input[type=range]",
    ) !== null
  );
}

export function useKeys(keys: Keys, on = true) {
  const held = useRef(keys);
  held.current = keys;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || takesText(event.target) || answersItself(event.target, event.key)) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      const act = held.current[keyName(event)];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on]);
}
