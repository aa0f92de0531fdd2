/** How far the journal is known to be: a search is to know of what this page did last, a count of all it was told. */

let newest: number | null = null;
let told: number | null = null;

/** How far it had come when this page last changed something. */
export const acted = () => newest;

export function noteAct(seq: number) {
  newest = Math.max(newest ?? 0, seq);
  noteTold(seq);
}

/** How far it had come by the newest fact that this page was told of. */
export const known = () => told;

export function noteTold(seq: number) {
  told = Math.max(told ?? 0, seq);
}
