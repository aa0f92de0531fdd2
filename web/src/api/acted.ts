/** How far the journal had come when this page last changed something: a search after it is to know of it. */

let newest: number | null = null;

export const acted = () => newest;

export function noteAct(seq: number) {
  newest = Math.max(newest ?? 0, seq);
}
