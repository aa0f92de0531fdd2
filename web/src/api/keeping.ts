/** Checks, backups, proofs, erasing: what keeps a library safe. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, Problem, whole } from "./client";

export const BACKUPS = ["backups"] as const;

/** A check, told line by line; see `Run`. */
export const check = (quick: boolean, signal: AbortSignal) =>
  api.GET("/api/v1/check", {
    params: { query: { quick: quick ? 1 : 0, progress: 1 } },
    parseAs: "stream",
    signal,
  });

/** The same, and what can be mended is. */
export const repair = (quick: boolean, signal: AbortSignal) =>
  api.POST("/api/v1/check/repair", {
    params: { query: { quick: quick ? 1 : 0, progress: 1 } },
    parseAs: "stream",
    signal,
  });

export const backups = queryOptions({
  queryKey: BACKUPS,
  queryFn: ({ signal }) => ask(api.GET("/api/v1/backups", { signal })),
});

/** Making a backup, told line by line. */
export const makeBackup = (signal: AbortSignal) => api.POST("/api/v1/backups", { parseAs: "stream", signal });

/** Verifying one backup or all, told line by line. */
export const verifyBackups = (backup: string | null, signal: AbortSignal) =>
  api.POST("/api/v1/backups/verify", { body: backup ? { backup } : {}, parseAs: "stream", signal });

export const pruneBackups = (body: { keep: number } | { keep_days: number }) =>
  ask(api.POST("/api/v1/backups/prune", { body }));

/** What the notary signed last, with the key it is checked with. */
export async function readSigned(signal?: AbortSignal) {
  const { value, response } = await whole(api.GET("/api/v1/notary/checkpoint", { parseAs: "text", signal }));
  return { note: value, verifier: response.headers.get("Damask-Verifier") ?? "" };
}

export const CHECKPOINT_URL = "/api/v1/notary/checkpoint";
export const proofUrl = (fact: number) => `/api/v1/notary/inclusion/${fact}`;

/** What was done a moment ago is signed a moment later: such a proof is asked for again. */
export const untilSigned = {
  retry: (failures: number, error: Error) =>
    failures < 15 && error instanceof Problem && (error.body.code === "not-yet" || error.status === 0),
  retryDelay: 1000,
};

export const readInclusion = (fact: number, signal?: AbortSignal) =>
  ask(api.GET("/api/v1/notary/inclusion/{fact}", { params: { path: { fact } }, signal }));

export const readConsistency = (from: number, signal?: AbortSignal) =>
  ask(api.GET("/api/v1/notary/consistency", { params: { query: { from } }, signal }));

export const accounts = infiniteQueryOptions({
  queryKey: ["accounts"],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) => {
    const query = pageParam ? { after: pageParam } : {};
    return ask(api.GET("/api/v1/accounts", { params: { query }, signal }));
  },
  getNextPageParam: (last) => last.next,
});

export const eraseAccount = (account: string) =>
  ask(api.POST("/api/v1/erase/account", { body: { account } }));
export const erasePast = (asset: string) => ask(api.POST("/api/v1/erase/past", { body: { asset } }));
