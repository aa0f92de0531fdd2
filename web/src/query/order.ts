/** In which order a result stands. Whoever chose one by hand gets it; then counts what the query itself says
 *  (`sort:`); without either, searches with words go by how well they fit, all others by the newest. The page names
 *  the order to the server, so that what it shows is what was asked for. */
import { tokens } from "./tokens";

/** Best match first: only words fit better or worse. */
export const BEST = "relevance";
export const NEWEST = "-added";

/** The order that the query itself names, its minus in front; `null` where it names none. */
export function writtenOrder(query: string): string | null {
  const token = tokens(query).find((each) => each.field === "sort" && !each.excluded);
  const name = token?.values[0];
  if (name === undefined) return null;
  return name.endsWith("-") ? `-${name.slice(0, -1)}` : name;
}

/** Whether words or phrases are looked for, in the query or in its brackets. What is left out fits nothing better. */
export function hasWords(query: string): boolean {
  let negated = false;
  for (const { text, field, excluded } of tokens(query)) {
    if (text === "NOT") {
      negated = !negated;
      continue;
    }
    if (text === "AND" || text === "OR") continue;
    const counts = !negated && !excluded && field === null && text !== "*";
    negated = false;
    if (!counts) continue;
    if (!text.startsWith("(")) return true;
    if (hasWords(text.slice(1).replace(/\)$/, ""))) return true;
  }
  return false;
}

/** The order without one chosen by hand or written. */
export const usualOrder = (query: string) => (hasWords(query) ? BEST : NEWEST);

/** The order that a result has. `chosen` is empty where nobody chose one. */
export const orderOf = (query: string, chosen: string) => chosen || writtenOrder(query) || usualOrder(query);

/** What is asked of the server: nothing where the query says it itself. */
export const askedOrder = (query: string, chosen: string) =>
  chosen || (writtenOrder(query) === null ? usualOrder(query) : "");
