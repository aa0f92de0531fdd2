/** The places of originals: how each stands, verifying, what is damaged, mending, swapping. */
import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";
import type { Fault, FaultPage, Place, Rank } from "./types";

export const PLACES = ["places"] as const;
/** How often it is asked while something goes on, and while nothing does. */
const GOING_MS = 2000;
const QUIET_MS = 30_000;
/** Damaged files of a page. */
export const FAULTS_PAGE = 50;

/** Whether what is told of the places will be another in a moment. */
export const goesOn = (places: readonly Place[]) =>
  places.some(
    ({ pass, filled, behind, trouble }) => trouble === null && (pass !== null || !filled || behind > 0),
  );

export const places = queryOptions({
  queryKey: [...PLACES, "list"],
  queryFn: async ({ signal }) => (await ask(api.GET("/api/v1/places", { signal }))).items,
  refetchInterval: ({ state }) => (goesOn(state.data ?? []) ? GOING_MS : QUIET_MS),
});

/** The file after which the next page begins; a page that is not full is the last. */
export const afterPage = ({ items }: FaultPage): string | null =>
  items.length < FAULTS_PAGE ? null : (items.at(-1)?.file ?? null);

/** Damaged files of a place, in the order of their hashes. */
export function faultPages(rank: Rank) {
  return infiniteQueryOptions({
    queryKey: [...PLACES, "faults", rank],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: FAULTS_PAGE, ...(pageParam ? { after: pageParam } : {}) };
      return ask(api.GET("/api/v1/places/{rank}/faults", { params: { path: { rank }, query }, signal }));
    },
    getNextPageParam: afterPage,
    select: (held: InfiniteData<FaultPage, string | null>): Fault[] =>
      held.pages.flatMap((page) => page.items),
  });
}

export const scrubPlace = (rank: Rank) =>
  ask(api.POST("/api/v1/places/{rank}/scrub", { params: { path: { rank } } }));

export const mendFile = (rank: Rank, file: string) =>
  ask(api.POST("/api/v1/places/{rank}/mend", { params: { path: { rank } }, body: { file } }));

export const swapPlaces = async () => (await ask(api.POST("/api/v1/places/swap"))).items;

/** Where the files of an asset are kept, and when they were last verified there. */
export const fixityOf = (id: string) =>
  queryOptions({
    queryKey: [...PLACES, "of", id],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/assets/{id}/fixity", { params: { path: { id } }, signal }))).items,
  });
