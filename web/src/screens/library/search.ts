/** What the library shows is in the address: query, order, view. Nothing of it is held elsewhere. */
import { useCallback, useEffect, useRef } from "react";
import { useLocation, useNavigationType, useSearchParams } from "react-router";
import type { Search } from "../../api/assets";
import { isTrash, TRASH_SORT } from "../../query/trash";
import { type Move, Steps } from "./steps";

export type View = "grid" | "table";
/** Orders that may be chosen for any result. */
export const SORTS = [
  "relevance",
  "-added",
  "added",
  "-captured",
  "captured",
  "name",
  "-name",
  "-bytes",
  "bytes",
];

/** Those, and in the trash the one that is usual there. */
export const sortsOf = (query: string) => (isTrash(query) ? [TRASH_SORT, ...SORTS] : SORTS);

export function searchOf(params: URLSearchParams): Search {
  const [q, sort] = [params.get("q") ?? "", params.get("sort") ?? ""];
  return { q, sort: sortsOf(q).includes(sort) ? sort : "" };
}

const viewOf = (params: URLSearchParams): View => (params.get("view") === "table" ? "table" : "grid");

/** The part of an address that names a result; empty for the whole library in its usual order. */
export function searchText({ q, sort }: Search, view: View = "grid"): string {
  const params = new URLSearchParams();
  if (q) params.set("q", q);
  if (sort) params.set("sort", sort);
  if (view !== "grid") params.set("view", view);
  const text = params.toString();
  return text ? `?${text}` : "";
}

export type Change = Partial<Search> & { view?: View };

export function useSearch() {
  const [params, setParams] = useSearchParams();
  const steps = useRef(new Steps());
  const { key } = useLocation();
  const how = useNavigationType();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each place of the history anew
  useEffect(() => {
    if (how === "POP") steps.current.settle();
  }, [how, key]);

  const change = useCallback(
    (next: Change, move: Move = "step") => {
      const replace = steps.current.replaces(move, Date.now());
      const text = searchText({ ...searchOf(params), ...next }, next.view ?? viewOf(params));
      // What is there already is no step.
      if (text !== searchText(searchOf(params), viewOf(params))) setParams(text, { replace });
    },
    [params, setParams],
  );
  return { search: searchOf(params), view: viewOf(params), change };
}
