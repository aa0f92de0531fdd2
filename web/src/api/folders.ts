/** The folders of the home tree, one level at a time and each level page by page. */
import { type InfiniteData, infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api, ask } from "./client";
import type { Folder, FolderPage } from "./types";

export const FOLDERS = ["folders"] as const;

/** The folders in `parent`, by name; those at the root for `null`. */
export function folderPages(parent: string | null) {
  return infiniteQueryOptions({
    queryKey: [...FOLDERS, parent],
    staleTime: 60_000,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(parent ? { parent } : {}), ...(pageParam ? { after: pageParam } : {}) };
      return ask(api.GET("/api/v1/folders", { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next,
    select: foldersOf,
  });
}

const foldersOf = (held: InfiniteData<FolderPage, string | null>): Folder[] =>
  held.pages.flatMap((page) => page.items);

export const useFolders = (parent: string | null, wanted = true) =>
  useInfiniteQuery({ ...folderPages(parent), enabled: wanted });
