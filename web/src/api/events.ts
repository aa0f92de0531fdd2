/** The live stream: facts and jobs from `/api/v1/events` into the cache, at most twice a second. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { speaksOfTrash } from "../query/trash";
import { noteTold } from "./acted";
import { JOBS, STATUS } from "./activity";
import { assetKey, type Pages, readPage } from "./assets";
import { api, ask, Problem } from "./client";
import { FOLDERS } from "./folders";
import { layFirstPage, layJob, onLaterPages, replaceAsset, summaryOf, withoutAssets } from "./live";
import { QUARANTINE } from "./quarantine";
import type { Job, JobPage } from "./types";

const FLUSH_MS = 500;
/** Assets on later pages that are read again one by one; beyond it they wait for the next visit. */
const REPLACED_MAX = 20;
/** How often it is looked whether answers that were under way when the stream began have come. */
const CATCH_UP_TRIES = 60;
/** Results that nobody looks at and that are kept for the way back. */
const LEFT_KEPT = 2;

let connected = true;
const listeners = new Set<() => void>();

function say(now: boolean) {
  if (connected === now) return;
  connected = now;
  for (const listener of listeners) listener();
}

/** Whether the server is there. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connected,
  );
}

/** What is known of one asset: of its file, too, since that may be another one now. */
const OF_ASSET = ["history", "tags", "text", "comparison"];

async function takeFacts(cache: QueryClient, subjects: ReadonlySet<string>, seq: number | null) {
  for (const id of subjects) {
    cache.invalidateQueries({ queryKey: assetKey(id) });
    for (const name of OF_ASSET) cache.invalidateQueries({ queryKey: [name, id] });
  }
  cache.invalidateQueries({ queryKey: STATUS });
  cache.invalidateQueries({ queryKey: QUARANTINE });
  cache.invalidateQueries({ queryKey: ["facet"] });
  cache.invalidateQueries({ queryKey: ["count"] });
  cache.invalidateQueries({ queryKey: FOLDERS });
  for (const query of kept(cache)) {
    const [, q, sort] = query.queryKey as ["assets", string, string];
    const fresh = await readPage({ q, sort }, null, undefined, seq ?? undefined).catch(() => null);
    const held = cache.getQueryData<Pages>(query.queryKey);
    if (!fresh || !held) continue;
    cache.setQueryData<Pages>(query.queryKey, layFirstPage(held, fresh));
    for (const id of onLaterPages(held, subjects).slice(0, REPLACED_MAX)) {
      const lay = await laterAsset(id, speaksOfTrash(q));
      if (lay) cache.setQueryData<Pages>(query.queryKey, (now) => now && lay(now));
    }
  }
}

/** What an asset on a later page became: another, or one that belongs there no longer. */
async function laterAsset(id: string, inTrash: boolean): Promise<((held: Pages) => Pages) | null> {
  try {
    const view = await ask(api.GET("/api/v1/assets/{id}", { params: { path: { id } } }));
    if (!inTrash && view.trashed !== null) return (held) => withoutAssets(held, new Set([id]));
    return (held) => replaceAsset(held, summaryOf(view));
  } catch (cause) {
    const gone = cause instanceof Problem && cause.status === 404;
    return gone ? (held) => withoutAssets(held, new Set([id])) : null;
  }
}

/** The results that are kept true: those on the page, and the last ones left, to which one comes back. Others go. */
function kept(cache: QueryClient) {
  const all = cache.getQueryCache().findAll({ queryKey: ["assets"] });
  const left = all
    .filter((query) => !query.isActive())
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const query of left.slice(LEFT_KEPT)) cache.getQueryCache().remove(query);
  return [...all.filter((query) => query.isActive()), ...left.slice(0, LEFT_KEPT)];
}

/** How far the journal was for each result, count and facet on the page; `null` for one that is still asked for. */
function seenBy(cache: QueryClient): (number | null)[] {
  const results = kept(cache).map(
    (query) => cache.getQueryData<Pages>(query.queryKey)?.pages[0]?.seq ?? null,
  );
  const counted = ["count", "facet"].flatMap((name) =>
    cache
      .getQueryCache()
      .findAll({ queryKey: [name], type: "active" })
      .map((query) => (query.state.data as { seq: number } | undefined)?.seq ?? null),
  );
  return [...results, ...counted];
}

function takeJob(cache: QueryClient, news: Pick<Job, "id" | "state" | "progress">) {
  for (const [key, page] of cache.getQueriesData<JobPage>({ queryKey: JOBS })) {
    if (!page) continue;
    const next = layJob(page, news);
    if (next) cache.setQueryData(key, next);
  }
}

/** Listens for as long as the caller is on the page. */
export function useLiveEvents() {
  const cache = useQueryClient();
  useEffect(() => {
    const subjects = new Set<string>();
    let seq: number | null = null;
    let due: ReturnType<typeof setTimeout> | undefined;
    let behind: ReturnType<typeof setTimeout> | undefined;
    let jobsDue: ReturnType<typeof setTimeout> | undefined;
    let busy = false;
    let lost = false;
    const flush = async () => {
      due = undefined;
      if (busy) {
        due = setTimeout(flush, FLUSH_MS);
        return;
      }
      busy = true;
      const taken = new Set(subjects);
      subjects.clear();
      await takeFacts(cache, taken, seq).finally(() => {
        busy = false;
      });
    };
    // What was found before the stream began to tell: what happened between the two nobody tells of. An answer may be
    // on its way for longer than the stream takes to open.
    const catchUp = (ready: number, tries = CATCH_UP_TRIES) => {
      const seen = seenBy(cache);
      if (seen.some((at) => at !== null && at < ready)) flush();
      else if (tries > 0 && seen.includes(null)) {
        behind = setTimeout(() => catchUp(ready, tries - 1), FLUSH_MS);
      }
    };
    const source = new EventSource("/api/v1/events");
    source.addEventListener("ready", (event) => {
      say(true);
      const ready = (JSON.parse(event.data) as { seq: number }).seq;
      seq = Math.max(seq ?? 0, ready);
      noteTold(ready);
      if (lost) due ??= setTimeout(flush, 0);
      else behind = setTimeout(() => catchUp(ready), FLUSH_MS);
      lost = false;
    });
    source.addEventListener("open", () => say(true));
    source.addEventListener("error", () => {
      lost = true;
      say(false);
    });
    source.addEventListener("fact", (event) => {
      const fact = JSON.parse(event.data) as { seq: number; subjects: string[] };
      for (const id of fact.subjects) subjects.add(id);
      seq = fact.seq;
      noteTold(fact.seq);
      due ??= setTimeout(flush, FLUSH_MS);
    });
    source.addEventListener("job", (event) => {
      takeJob(cache, JSON.parse(event.data) as Pick<Job, "id" | "state" | "progress">);
      jobsDue ??= setTimeout(() => {
        jobsDue = undefined;
        cache.invalidateQueries({ queryKey: JOBS });
        cache.invalidateQueries({ queryKey: STATUS });
      }, FLUSH_MS * 2);
    });
    return () => {
      source.close();
      clearTimeout(due);
      clearTimeout(behind);
      clearTimeout(jobsDue);
    };
  }, [cache]);
}
