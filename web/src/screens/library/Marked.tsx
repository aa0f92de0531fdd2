/** The query's text coloured by token. Lies under the field, letter on letter: it may colour, never widen. */
import type { ReactNode } from "react";
import { type Token, tokens } from "../../query/tokens";
import styles from "./Query.module.css";

interface Span {
  start: number;
  end: number;
}

export function Marked({ query, at }: { query: string; at: Span | null }) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const token of tokens(query)) {
    parts.push(query.slice(from, token.start), <Coloured key={token.start} token={token} />);
    from = token.end;
  }
  parts.push(query.slice(from));
  return (
    <>
      {parts}
      {at && <Wave query={query} at={at} />}
    </>
  );
}

function Coloured({ token }: { token: Token }) {
  if (token.field === null && !token.excluded) return <span>{token.text}</span>;
  const colon = token.field === null ? 0 : token.text.indexOf(":") + 1;
  return (
    <span className={styles.token} data-not={token.excluded || undefined}>
      <span className={styles.name}>{token.text.slice(0, colon)}</span>
      {token.text.slice(colon)}
    </span>
  );
}

/** The underline of a mistake: the text again, unseen but for its place. The server counts characters (code
 *  points), the field counts UTF-16 units. A mistake at the end gets a place after the last letter. */
function Wave({ query, at }: { query: string; at: Span }) {
  const letters = [...query];
  const end = Math.max(at.end, at.start + 1);
  return (
    <span className={styles.wave}>
      {letters.slice(0, at.start).join("")}
      <u>{letters.slice(at.start, end).join("") || "\u00a0"}</u>
    </span>
  );
}
