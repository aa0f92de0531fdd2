/** What a facet's list says: the values that were counted, and those the query names besides. */
import type { Facet } from "../../api/types";
import { tokens } from "../../query/tokens";

export interface Listed {
  /** `null` where a value was not counted. */
  values: { value: string; count: number | null }[];
  /** How many values were counted, the most frequent ones. */
  counted: number;
  /** How many values there are. */
  of: number;
}

/** What the query names stays in the list when it was not counted, so that it can be taken out where it was put in. */
export function listed({ values, more }: Facet, query: string, name: string): Listed {
  const named = tokens(query)
    .filter((token) => token.field === name)
    .flatMap((token) => token.values);
  const missing = named.filter(
    (value) =>
      !/\.\.|[*<>=]/.test(value) && !values.some((held) => held.value.toLowerCase() === value.toLowerCase()),
  );
  // The server counts the most frequent. What it left out is none of these, but not nothing.
  const count = more > 0 ? null : 0;
  return {
    values: [...values, ...missing.map((value) => ({ value, count }))],
    counted: values.length,
    of: values.length + more,
  };
}
