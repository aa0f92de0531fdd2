/** Asking for assets: the pages of a result, one asset, what is known of it, and changing it. */
import {
  type InfiniteData,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { acted, known } from "./acted";
import { api, ask, Problem, whole } from "./client";
import type { AssetPage, AssetPatch, AssetView, Facet } from "./types";

/** What a view of the library shows: the query and its order. Both live in the URL. */
export interface Search {
  q: string;
  /** The order that a person chose; empty for the usual one. */
  sort: string;
}

/** Facets of the rail, in its order. */
export const FACETS = [
  "type",
  "captured",
  "keywords",
  "state",
  "colour",
  "camera",
  "creator",
  "persons",
  "country",
  "finding",
];
const PAGE_SIZE = 120;

export type Pages = InfiniteData<AssetPage, string | null>;
export interface Held {
  asset: AssetView;
  etag: string | null;
}

export const searchKey = (search: Search) => ["assets", search.q, search.sort] as const;
export const assetKey = (id: string) => ["asset", id] as const;

interface Asked {
  q?: string;
  sort?: string;
  after?: string;
  facets?: string;
  limit: number;
}

/** What a search finds that knows of the fact `atLeast`; without one, of what this page did last. Where the index is
 *  so far behind that it does not, it is asked for what it has. */
async function found(query: Asked, signal?: AbortSignal, atLeast = acted()): Promise<AssetPage> {
  try {
    const at_least = atLeast === null ? {} : { at_least: atLeast };
    return await ask(api.GET("/api/v1/assets", { params: { query: { ...query, ...at_least } }, signal }));
  } catch (cause) {
    if (atLeast === null || !(cause instanceof Problem) || cause.status !== 503) throw cause;
  }
  return ask(api.GET("/api/v1/assets", { params: { query }, signal }));
}

/** The first page of a result carries its count and facets; later pages carry assets alone. */
export function readPage(
  search: Search,
  after: string | null,
  signal?: AbortSignal,
  atLeast?: number | null,
): Promise<AssetPage> {
  const query = {
    ...(search.q ? { q: search.q } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
    ...(after ? { after } : { facets: FACETS.join(",") }),
    limit: PAGE_SIZE,
  };
  return found(query, signal, atLeast);
}

export function useResult(search: Search) {
  return useInfiniteQuery({
    queryKey: searchKey(search),
    queryFn: ({ pageParam, signal }) => readPage(search, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** One facet of a query: for a field whose own choice must not hide what else could be chosen. */
export function facetQuery(q: string, name: string) {
  return {
    queryKey: ["facet", q, name],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const query = { ...(q ? { q } : {}), facets: name, limit: 1 };
      const { facets, seq } = await found(query, signal, known());
      return { facet: facets[name] ?? null, seq };
    },
    select: ({ facet }: { facet: Facet | null }) => facet,
    retry: false,
  };
}

/** How many a query finds, and how far the journal was when it did. */
export interface Counted {
  total: number;
  seq: number;
}

/** How many a query finds, and nothing else. */
export function countQuery(q: string) {
  return {
    queryKey: ["count", q],
    queryFn: async (): Promise<Counted> => {
      const { total, seq } = await found({ q, limit: 1 }, undefined, known());
      return { total, seq };
    },
    select: ({ total }: Counted) => total,
    retry: false,
  };
}

export function readAsset(id: string) {
  return {
    queryKey: assetKey(id),
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      heldOf(await whole(api.GET("/api/v1/assets/{id}", { params: { path: { id } }, signal }))),
  };
}

function heldOf({ value, response }: { value: AssetView; response: Response }): Held {
  return { asset: value, etag: response.headers.get("etag") };
}

export const useAsset = (id: string) => useQuery(readAsset(id));

/** What an edit answers: the asset after it, where it is still in the caller's sight, and the edit's own number, by
 *  which it can be undone. */
export interface Edited {
  held: Held | null;
  edit: number;
}

export function editedOf(answer: { value: AssetView; response: Response }): Edited {
  return {
    held: answer.response.status === 204 ? null : heldOf(answer),
    edit: Number(answer.response.headers.get("damask-seq")),
  };
}

export function useTakeEdited(id: string) {
  const cache = useQueryClient();
  return ({ held }: Edited) => {
    if (held) cache.setQueryData(assetKey(id), held);
    // Asking again says that it is out of sight.
    else cache.invalidateQueries({ queryKey: assetKey(id) });
    cache.invalidateQueries({ queryKey: ["history", id] });
  };
}

/** Writes field values; `etag` says which state of the asset the person saw. */
export function useEditAsset(id: string) {
  return useMutation({
    mutationFn: async ({ fields, etag }: { fields: AssetPatch["fields"]; etag: string | null }) => {
      const header = etag ? { "If-Match": etag } : {};
      return editedOf(
        await whole(api.PATCH("/api/v1/assets/{id}", { params: { path: { id }, header }, body: { fields } })),
      );
    },
    onSuccess: useTakeEdited(id),
  });
}

/** All fields there are. They change with the server, not while one looks. */
export function useFields() {
  return useQuery({
    queryKey: ["fields"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await ask(api.GET("/api/v1/fields"))).items,
  });
}

export function useTags(id: string, wanted: boolean) {
  return useQuery({
    queryKey: ["tags", id],
    enabled: wanted,
    queryFn: () => ask(api.GET("/api/v1/assets/{id}/tags", { params: { path: { id } } })),
  });
}

/** The text of one page, from 1; empty for a page that has none. */
export function pageText(id: string, page: number) {
  return queryOptions({
    queryKey: ["text", id, page],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { page } };
      const { pages } = await ask(api.GET("/api/v1/assets/{id}/text", { params, signal }));
      return pages.find((each) => each.page === page)?.text ?? "";
    },
  });
}

/** While the next page's text is read, that of the page before stays. */
export const usePageText = (id: string, page: number, wanted: boolean) =>
  useQuery({ ...pageText(id, page), enabled: wanted, placeholderData: keepPreviousData });

export function useHistory(id: string, wanted: boolean) {
  return useInfiniteQuery({
    queryKey: ["history", id],
    enabled: wanted,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/api/v1/assets/{id}/history", {
          params: { path: { id }, query: pageParam === null ? {} : { after: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next,
  });
}

export function useSuggestions(q: string, at: number, wanted: boolean) {
  return useQuery({
    queryKey: ["suggest", q, at],
    enabled: wanted,
    retry: false,
    staleTime: 30_000,
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/suggest", { params: { query: { q, at } }, signal }))).items,
  });
}
