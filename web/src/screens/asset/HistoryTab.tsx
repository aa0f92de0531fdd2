/** The facts of an asset, newest first: who did what, and what changed. */
import { Button } from "@mantine/core";
import { useHistory } from "../../api/assets";
import type { Fact } from "../../api/types";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Asset.module.css";

export function HistoryTab({ id }: { id: string }) {
  const history = useHistory(id, true);
  const facts = history.data?.pages.flatMap((page) => page.items) ?? [];
  if (history.isPending) return <p className={styles.quiet}>{words.waiting}</p>;
  if (history.isError)
    return (
      <p className={styles.quiet} role="alert">
        {history.error.message}
      </p>
    );
  if (facts.length === 0) return <p className={styles.quiet}>{words.asset.noHistory}</p>;
  return (
    <div className={styles.tab}>
      <ol className={styles.history}>
        {facts.map((fact) => (
          <FactLine key={fact.seq} fact={fact} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button loading={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
          {words.asset.olderHistory}
        </Button>
      )}
    </div>
  );
}

function FactLine({ fact }: { fact: Fact }) {
  return (
    <li>
      <b>{fact.actor.name ?? words.asset.system}</b> <span>{words.asset.verbs[fact.verb] ?? fact.verb}</span>
      <time dateTime={fact.at}>{moment(fact.at)}</time>
      <Change before={fact.before} after={fact.after} />
    </li>
  );
}

/** Field by field where both sides are objects. */
function Change({ before, after }: { before: unknown; after: unknown }) {
  const old = fields(before);
  const fresh = fields(after);
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (name) => said(old[name]) !== said(fresh[name]),
  );
  return names.slice(0, 12).map((name) => (
    <p key={name}>
      <span className="t3">{name}</span> {said(old[name]) && <del>{said(old[name])}</del>} {said(fresh[name])}
    </p>
  ));
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

const LONG = 200;
function said(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
