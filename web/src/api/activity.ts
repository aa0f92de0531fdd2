/** What the server is doing, what it could not do, and what it kept aside. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, ask } from "./client";
import { FOLDERS } from "./folders";
import type { Arrival, Quarantined, QuarantinePage } from "./types";

export const JOBS = ["jobs"] as const;
export const QUARANTINE = ["quarantine"] as const;
export const STATUS = ["status"] as const;

export function useJobs(state: "running" | "waiting" | "dead") {
  return useQuery({
    queryKey: [...JOBS, state],
    queryFn: () => ask(api.GET("/api/v1/jobs", { params: { query: { state } } })),
  });
}

/** Counts and engines. The events tell of changes; the interval is for what they do not. */
export function useStatus() {
  return useQuery({
    queryKey: STATUS,
    queryFn: () => ask(api.GET("/api/v1/status")),
    refetchInterval: 30_000,
  });
}

/** Files that wait for a person, the newest first. */
export function quarantinePages() {
  return infiniteQueryOptions({
    queryKey: QUARANTINE,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam ? { after: pageParam } : {};
      return ask(api.GET("/api/v1/quarantine", { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next,
    select: filesOf,
  });
}

const filesOf = (held: InfiniteData<QuarantinePage, string | null>): Quarantined[] =>
  held.pages.flatMap((page) => page.items);

export const useQuarantine = () => useInfiniteQuery(quarantinePages());

/** Lets a file in. Tells `onIn` even when the line that asked is gone by then. */
export function useAdmit(onIn: (arrival: Arrival) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.POST("/api/v1/quarantine/{id}/admit", { params: { path: { id } } })),
    onSuccess: onIn,
    onSettled: () => afterAct(cache, "admit"),
  });
}

/** Throws a file away for good. */
export function useDiscard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      ask(api.POST("/api/v1/quarantine/{id}/discard", { params: { path: { id } } })),
    onSettled: () => afterAct(cache, "discard"),
  });
}

/** Also after a refusal, which often says that somebody else was faster. What was let in may be found, counted and in
 *  a folder of its own; what was thrown away never was. */
export function afterAct(cache: QueryClient, act: "admit" | "discard") {
  const found = act === "admit" ? [["assets"], ["facet"], ["count"], FOLDERS] : [];
  const stale: QueryKey[] = [QUARANTINE, STATUS, ...found];
  return Promise.all(stale.map((queryKey) => cache.invalidateQueries({ queryKey })));
}

export function useJobAct(act: "retry" | "cancel") {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => {
      const options = { params: { path: { id } } };
      return act === "retry"
        ? ask(api.POST("/api/v1/jobs/{id}/retry", options))
        : ask(api.POST("/api/v1/jobs/{id}/cancel", options));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: JOBS }),
  });
}
