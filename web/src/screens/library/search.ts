/** What the library shows is in the address: query, order, view. Nothing of it is held elsewhere. */
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import type { Search } from "../../api/assets";

export type View = "grid" | "table";
export const SORTS = ["-added", "added", "-captured", "captured", "name", "-name", "-bytes", "bytes"];
export const USUAL_SORT = "-added";

export function searchOf(params: URLSearchParams): Search {
  const sort = params.get("sort") ?? "";
  return { q: params.get("q") ?? "", sort: SORTS.includes(sort) ? sort : USUAL_SORT };
}

/** The part of an address that names a result; empty for the whole library in its usual order. */
export function searchText({ q, sort }: Search, view: View = "grid"): string {
  const params = new URLSearchParams();
  if (q) params.set("q", q);
  if (sort !== USUAL_SORT) params.set("sort", sort);
  if (view !== "grid") params.set("view", view);
  const text = params.toString();
  return text ? `?${text}` : "";
}

export function useSearch() {
  const [params, setParams] = useSearchParams();
  const search = searchOf(params);
  const view: View = params.get("view") === "table" ? "table" : "grid";
  const change = useCallback(
    (next: Partial<Search> & { view?: View }, replace = false) =>
      setParams(
        (held) => {
          const now = { ...searchOf(held), ...next };
          return searchText(now, next.view ?? (held.get("view") === "table" ? "table" : "grid"));
        },
        { replace },
      ),
    [setParams],
  );
  return { search, view, change };
}
