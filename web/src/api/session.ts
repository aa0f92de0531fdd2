/** Who is asking: the session, signing in and out, and the first start. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask, Problem } from "./client";
import { forgetRuns } from "./run";
import type { Me } from "./types";

const KEY = ["session"];

/** The caller, or `null` when nobody is signed in. */
export function useMe() {
  return useQuery({
    queryKey: KEY,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Me | null> => {
      try {
        return await ask(api.GET("/api/v1/session"));
      } catch (cause) {
        if (cause instanceof Problem && cause.status === 401) return null;
        throw cause;
      }
    },
  });
}

/** What the caller may do. Nothing, until it is known. */
export function useCan(): Me["can"] {
  return useMe().data?.can ?? { edit: false, upload: false, download: false, administer: false };
}

export function useSetupNeeded() {
  return useQuery({
    queryKey: ["setup"],
    queryFn: async () => (await ask(api.GET("/api/v1/setup"))).needed,
  });
}

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => ask(api.POST("/api/v1/session", { body })),
    onSuccess: (me) => cache.setQueryData(KEY, me),
  });
}

export function useSetUp() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { token: string; name: string; email: string; password: string }) =>
      ask(api.POST("/api/v1/setup", { body })),
    onSuccess: (me) => {
      cache.setQueryData(["setup"], false);
      cache.setQueryData(KEY, me);
    },
  });
}

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      // Nothing of one person's may be met by the next. The session itself stays watched.
      forgetRuns();
      cache.setQueryData(KEY, null);
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
    },
  });
}
