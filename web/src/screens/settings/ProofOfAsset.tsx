/** The history of an asset, every fact with its proof. */
import { Button } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { readAsset, useHistory } from "../../api/assets";
import { readInclusion, untilSigned } from "../../api/keeping";
import type { Fact } from "../../api/types";
import { provenFact } from "../../proof/proven";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

const proofOf = (fact: number) => ({
  ...untilSigned,
  queryKey: ["proven", fact],
  // What was proven once stays proven.
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const { good, signed } = await provenFact(await readInclusion(fact, signal));
    return good && signed !== "not-signed";
  },
});

export function ProofOfAsset({ asset }: { asset: string }) {
  const held = useQuery(readAsset(asset)).data;
  const history = useHistory(asset, true);
  const facts = history.data?.pages.flatMap((page) => page.items) ?? [];
  const proofs = useQueries({ queries: facts.map((fact) => proofOf(fact.seq)) });
  if (history.error) return <Verdict how="ask">{history.error.message || words.noAnswer}</Verdict>;
  const name = held?.asset.name ?? asset;
  const good = proofs.filter((proof) => proof.data === true).length;
  const over = facts.length > 0 && proofs.every((proof) => !proof.isPending);
  return (
    <section aria-label={words.proof.of(name)}>
      <h3>
        {words.proof.of("")}
        <Link className="link" to={`/assets/${asset}`}>
          {name}
        </Link>
      </h3>
      {!over && <p role="status">{words.proof.checking}</p>}
      {over && good === facts.length && <Verdict how="good">{words.proof.allProven(good)}</Verdict>}
      {over && good < facts.length && (
        <Verdict how="bad">{words.proof.someProven(good, facts.length)}</Verdict>
      )}
      {facts.map((fact, at) => (
        <FactLine key={fact.seq} fact={fact} proven={proofs[at]?.data} why={proofs[at]?.error ?? null} />
      ))}
      {history.hasNextPage && (
        <div className={styles.acts}>
          <Button loading={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
            {words.proof.older}
          </Button>
        </div>
      )}
    </section>
  );
}

interface LineProps {
  fact: Fact;
  /** `undefined` until it is known. */
  proven: boolean | undefined;
  /** Why it is not known. */
  why: Error | null;
}

function FactLine({ fact, proven, why }: LineProps) {
  return (
    <div className={ui.line}>
      <div className="grow">
        <div>
          <b>{fact.actor.name ?? words.asset.system}</b> {words.asset.verbs[fact.verb] ?? fact.verb}
        </div>
        <div className="s12 t3">
          <Link className="link" to={`?fact=${fact.seq}`}>
            {words.proof.fact(fact.seq)}
          </Link>{" "}
          · {moment(fact.at)}
        </div>
        {why && <div className="s12 no">{why.message || words.noAnswer}</div>}
      </div>
      {proven === true && <span className={styles.good}>{words.proof.proven}</span>}
      {proven === false && <span className={styles.bad}>{words.proof.notProven}</span>}
    </div>
  );
}
