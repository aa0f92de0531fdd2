/** API keys: the caller's own, by name. A secret is answered once, when its key is made. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "./client";
import type { NewKey } from "./types";

const KEYS = ["keys"];

export function useKeys() {
  return useQuery({ queryKey: KEYS, queryFn: async () => (await ask(api.GET("/api/v1/keys"))).items });
}

export function useMakeKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) => ask(api.POST("/api/v1/keys", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useRevokeKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.DELETE("/api/v1/keys/{id}", { params: { path: { id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: KEYS }),
  });
}
