/** Why a file waits, in plain words. */
import type { Quarantined } from "../../api/types";
import { words } from "../../words";

/** The words of a reason; a code that has none is told by the server's own. */
export function reasonOf({ code, reason }: Pick<Quarantined, "code" | "reason">) {
  return words.quarantine.reasons[code] ?? { short: code.replaceAll("-", " "), long: reason };
}

/** Nothing is drawn of what the virus scanner knows. */
export const isMalware = ({ code }: Pick<Quarantined, "code">) => code === "malware";

export const REASONS = Object.entries(words.quarantine.reasons).map(([code, { short }]) => ({
  value: code,
  label: short,
}));
