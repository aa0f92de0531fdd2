/** Queries of the trash: what lies there is found only by a query that speaks of it. */
import { markOf, tokens } from "./tokens";

export const TRASH = "is:trashed";
export const TRASH_SORT = "-trashed";

/** Whether the view is one of the trash: everything in it lies there. */
export const isTrash = (query: string) => markOf(query, "is", "trashed") === "chosen";

/** Whether a query may find what lies in the trash, as the server sees it. */
export const speaksOfTrash = (query: string) =>
  tokens(query).some(({ text }) => /(^|[^a-z_])(trashed:|(is|has):"?([a-z-]+,)*"?trashed\b)/i.test(text));
