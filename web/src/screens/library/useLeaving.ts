/** Assets leave the result by an act of this page: the gap closes, and the focus goes on. */
import { useEffect, useRef, useState } from "react";
import { useTrash, type Way } from "../../acts/trash";
import type { AssetSummary } from "../../api/types";
import { goOn } from "./goOn";

interface Left {
  gone: ReadonlySet<string>;
  next: string | null;
}

export function useLeaving(items: readonly AssetSummary[], focus: number, onFocus: (index: number) => void) {
  const act = useTrash();
  const [left, setLeft] = useState<Left | null>(null);
  const newest = useRef({ items, focus });
  newest.current = { items, focus };
  // What was done shows in the result a moment after it was said to the cache.
  useEffect(() => {
    if (left === null || items.some((item) => left.gone.has(item.id))) return;
    setLeft(null);
    onFocus(items.findIndex((item) => item.id === left.next));
  }, [left, items, onFocus]);
  return async (way: Way, ids: readonly string[]) => {
    const before = newest.current;
    const name = ids.length === 1 ? before.items.find((item) => item.id === ids[0])?.name : undefined;
    const done = await act(way, ids, name);
    if (done.length === 0) return;
    const gone = new Set(done);
    const next = goOn(
      before.items.map((item) => item.id),
      gone,
      before.focus,
    );
    setLeft({ gone, next });
  };
}
