/** The folders of the home tree, one level at a time. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "./client";

export const FOLDERS = ["folders"] as const;

/** The folders in `parent`, by name; those at the root for `null`. */
export function useFolders(parent: string | null, wanted = true) {
  return useQuery({
    queryKey: [...FOLDERS, parent],
    enabled: wanted,
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/folders", { params: { query: parent ? { parent } : {} }, signal }))).items,
  });
}
