/** The facts of an asset, newest first: who did what, and what changed. */
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { useFields, useHistory } from "../../api/assets";
import { useCan } from "../../api/session";
import type { AssetView, Fact } from "../../api/types";
import { Lines } from "../../ui/Skeletons";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Asset.module.css";
import { useBlocked } from "./blocked";
import { canUndo, changesOf, isEdit, stands } from "./changes";
import { UndoFact } from "./UndoFact";

/** Changes of one fact that are shown: a description may set dozens of fields. */
const CHANGES_MAX = 12;

export function HistoryTab({ asset }: { asset: AssetView }) {
  const history = useHistory(asset.id, true);
  const { administer } = useCan();
  const blocked = useBlocked(asset);
  const fields = useFields().data;
  const labels = useMemo(() => new Map(fields?.map(({ name, label }) => [name, label])), [fields]);
  const facts = history.data?.pages.flatMap((page) => page.items) ?? [];
  if (history.isPending)
    return (
      <div className={styles.tab}>
        <Lines lines={4} />
      </div>
    );
  if (history.isError)
    return (
      <p className={styles.quiet} role="alert">
        {history.error.message}
      </p>
    );
  if (facts.length === 0) return <p className={styles.quiet}>{words.asset.noHistory}</p>;
  return (
    <div className={styles.tab}>
      <p className="row">
        <Link className="link" to={`/settings/proof?asset=${asset.id}`}>
          {words.proof.wholeHistory}
        </Link>
        {administer && (
          <Link className="link" to={`/settings/erase?asset=${asset.id}`}>
            {words.erase.inHistory}
          </Link>
        )}
      </p>
      <ol className={styles.history}>
        {facts.map((fact) => (
          <FactLine
            key={fact.seq}
            fact={fact}
            labels={labels}
            stands={stands(fact, asset, facts)}
            blocked={fact.verb === "asset.trashed" && asset.trashed ? null : blocked}
          />
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

interface FactLineProps {
  fact: Fact;
  labels: ReadonlyMap<string, string>;
  /** Whether what it states was not taken back since. */
  stands: boolean;
  /** Why it cannot be undone now. */
  blocked: string | null;
}

function FactLine({ fact, labels, stands, blocked }: FactLineProps) {
  const changes = changesOf(fact.before, fact.after, labels);
  const verb = words.asset.verbs[fact.verb] ?? fact.verb;
  const of = isEdit(fact)
    ? words.asset.undoOf(changes.map(({ label }) => label).join(", "))
    : words.undo.of(verb);
  return (
    <li>
      <b>{fact.actor.name ?? words.asset.system}</b> <span>{verb}</span>
      <time dateTime={fact.at}>{moment(fact.at)}</time>
      {changes.slice(0, CHANGES_MAX).map(({ name, label, before, after }) => (
        <p key={name}>
          <span className="t3">{label}:</span> {before !== null && `${before} → `}
          {after}
        </p>
      ))}
      {changes.length > CHANGES_MAX && <p className="t3">{words.firstShown(CHANGES_MAX)}</p>}
      <Link
        className="link"
        aria-label={words.proof.inHistoryOf(`${verb}, ${moment(fact.at)}`)}
        to={`/settings/proof?fact=${fact.seq}`}
      >
        {words.proof.inHistory}
      </Link>
      {canUndo(fact) && <UndoFact fact={fact.seq} label={of} stands={stands} blocked={blocked} />}
    </li>
  );
}
