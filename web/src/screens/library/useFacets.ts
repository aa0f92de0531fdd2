/** The facets of a view. A field in which something is chosen is counted without its own choice, or the values beside
 *  the chosen one would be gone and a second could never be added. */
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import { FACETS, facetQuery } from "../../api/assets";
import type { Facet } from "../../api/types";
import { setField, tokens } from "../../query/tokens";

export function useFacets(query: string, found: Record<string, Facet>): Record<string, Facet> {
  const chosen = FACETS.filter((name) =>
    tokens(query).some((token) => token.field === name && !token.excluded),
  );
  const apart = useQueries({ queries: chosen.map((name) => facetQuery(setField(query, name, null), name)) });
  const all = { ...found };
  const before = useRef<Record<string, Facet>>({});
  chosen.forEach((name, index) => {
    // Until it is counted, what was shown stays: its count within its own choice would show fewer values and then more.
    const asked = apart[index];
    const facet = asked?.data ?? (asked?.isPending ? before.current[name] : undefined);
    if (facet) all[name] = facet;
  });
  before.current = all;
  return all;
}
