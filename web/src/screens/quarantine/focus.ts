/** Which line has the focus, and where it goes: on the screen of the quarantine arrows move it as in the library. */

/** The id that gets the focus `by` lines on from `from`; the first or last where that is not in the list. */
export function moved(ids: readonly string[], from: string | null, by: number): string | null {
  if (ids.length === 0) return null;
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return ids[by > 0 ? 0 : ids.length - 1] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null;
}

/** The id that gets the focus when `gone` leave the list: the next that stays, else the one before. */
export function afterGone(
  ids: readonly string[],
  at: string | null,
  gone: ReadonlySet<string>,
): string | null {
  if (at === null || !gone.has(at)) return at;
  const place = ids.indexOf(at);
  const stays = (id: string) => !gone.has(id);
  return ids.slice(place + 1).find(stays) ?? ids.slice(0, Math.max(0, place)).findLast(stays) ?? null;
}
