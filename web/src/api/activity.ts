/** What the server is doing, and what it could not do. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "./client";

export const JOBS = ["jobs"] as const;
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
