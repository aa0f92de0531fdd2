/** The facets of a view. A field in which something is chosen is counted without its own choice, or the values beside
 *  the chosen one would be gone and a second could never be added. */
import { useQueries } from "@tanstack/react-query";
import { FACETS, facetQuery } from "../../api/assets";
import type { Facet } from "../../api/types";
import { setField, tokens } from "../../query/tokens";

export function useFacets(query: string, found: Record<string, Facet>): Record<string, Facet> {
  const chosen = FACETS.filter((name) =>
    tokens(query).some((token) => token.field === name && !token.excluded),
  );
  const apart = useQueries({ queries: chosen.map((name) => facetQuery(setField(query, name, null), name)) });
  const all = { ...found };
  chosen.forEach((name, index) => {
    const facet = apart[index]?.data;
    if (facet) all[name] = facet;
  });
  return all;
}
