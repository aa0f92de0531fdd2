/** Nothing matches: names the token that left out most, and offers to drop it. */
import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { countQuery } from "../../api/assets";
import { tokens, without } from "../../query/tokens";
import { words } from "../../words";
import styles from "./Library.module.css";

/** Each token costs one count; a longer query is only offered to be cleared. */
const TOKENS_MAX = 6;

export function EmptyResult({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const parts = tokens(query);
  const tried = parts.length > 1 && parts.length <= TOKENS_MAX ? parts : [];
  const counts = useQueries({ queries: tried.map((token) => countQuery(without(query, token))) });
  let best = -1;
  counts.forEach(({ data = 0 }, index) => {
    if (data > 0 && (best < 0 || data > (counts[best]?.data ?? 0))) best = index;
  });
  const token = tried[best];
  return (
    <div className={styles.nothing} role="status">
      <h1>{words.library.nothing}</h1>
      {token && <p className="t2">{words.library.nothingBut(token.text, counts[best]?.data ?? 0)}</p>}
      <div className="row">
        {token && (
          <Button variant="filled" onClick={() => onQuery(without(query, token))}>
            {words.library.dropToken(token.text)}
          </Button>
        )}
        <Button onClick={() => onQuery("")}>{words.library.clear}</Button>
      </div>
    </div>
  );
}
