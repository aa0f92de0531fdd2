/** The live stream: facts and jobs from `/api/v1/events` into the cache, at most twice a second. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { JOBS, QUARANTINE, STATUS } from "./activity";
import { assetKey, type Pages, readPage } from "./assets";
import { api, ask } from "./client";
import { FOLDERS } from "./folders";
import { layFirstPage, layJob, onLaterPages, replaceAsset, summaryOf } from "./live";
import type { Job, JobPage } from "./types";

const FLUSH_MS = 500;
/** Assets on later pages that are read again one by one; beyond it they wait for the next visit. */
const REPLACED_MAX = 20;
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

async function takeFacts(cache: QueryClient, subjects: ReadonlySet<string>) {
  for (const id of subjects) {
    cache.invalidateQueries({ queryKey: assetKey(id) });
    cache.invalidateQueries({ queryKey: ["history", id] });
  }
  cache.invalidateQueries({ queryKey: STATUS });
  cache.invalidateQueries({ queryKey: QUARANTINE });
  cache.invalidateQueries({ queryKey: ["facet"] });
  cache.invalidateQueries({ queryKey: FOLDERS });
  for (const query of kept(cache)) {
    const [, q, sort] = query.queryKey as ["assets", string, string];
    const fresh = await readPage({ q, sort }, null).catch(() => null);
    const held = cache.getQueryData<Pages>(query.queryKey);
    if (!fresh || !held) continue;
    cache.setQueryData<Pages>(query.queryKey, layFirstPage(held, fresh));
    for (const id of onLaterPages(held, subjects).slice(0, REPLACED_MAX)) {
      const view = await ask(api.GET("/api/v1/assets/{id}", { params: { path: { id } } })).catch(() => null);
      if (view) cache.setQueryData<Pages>(query.queryKey, (now) => now && replaceAsset(now, summaryOf(view)));
    }
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
    let due: ReturnType<typeof setTimeout> | undefined;
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
      await takeFacts(cache, taken).finally(() => {
        busy = false;
      });
    };
    const source = new EventSource("/api/v1/events");
    source.addEventListener("ready", () => {
      say(true);
      if (lost) due ??= setTimeout(flush, 0);
      lost = false;
    });
    source.addEventListener("open", () => say(true));
    source.addEventListener("error", () => {
      lost = true;
      say(false);
    });
    source.addEventListener("fact", (event) => {
      for (const id of (JSON.parse(event.data) as { subjects: string[] }).subjects) subjects.add(id);
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
      clearTimeout(jobsDue);
    };
  }, [cache]);
}
