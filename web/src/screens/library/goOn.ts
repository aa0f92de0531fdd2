/** Where the focus goes when assets leave the result: to the one that follows, or at the end to the one before. */

export function goOn(ids: readonly string[], gone: ReadonlySet<string>, focus: number): string | null {
  // Without a focus, what followed the first that went.
  const from = focus >= 0 ? focus : ids.findIndex((id) => gone.has(id));
  const stays = (id: string | undefined) => id !== undefined && !gone.has(id);
  const after = ids.slice(Math.max(0, from)).find(stays);
  return after ?? ids.slice(0, Math.max(0, from)).findLast(stays) ?? null;
}
