/** That a fact is in the signed log: its header, and the way from its leaf to the root, checked here. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { proofUrl, readInclusion, untilSigned } from "../../api/keeping";
import { provenFact } from "../../proof/proven";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

export function ProofOfFact({ fact }: { fact: number }) {
  const { data, error } = useQuery({
    ...untilSigned,
    queryKey: ["proof", fact],
    queryFn: async ({ signal }) => {
      const proof = await readInclusion(fact, signal);
      return { proof, ...(await provenFact(proof)) };
    },
  });
  if (error) return <Verdict how="ask">{error.message || words.noAnswer}</Verdict>;
  if (!data) return <p role="status">{words.proof.checking}</p>;
  const { proof, good, signed, entry } = data;
  const asset = entry?.verb.startsWith("asset.") && entry.subjects.length === 1;
  return (
    <section aria-label={words.proof.fact(fact)}>
      {good ? (
        <Verdict how="good">
          <b>{words.proof.proven}.</b> {words.proof.isIn(proof.size)}
        </Verdict>
      ) : (
        <Verdict how="bad">{words.proof.isNotIn}</Verdict>
      )}
      {signed !== "signed" && (
        <Verdict how={signed === "unknown" ? "ask" : "bad"}>
          {words.proof.signature}: {words.proof[signed]}
        </Verdict>
      )}
      {entry && (
        <dl className={styles.pairs}>
          <dt>{words.proof.fact(entry.seq)}</dt>
          <dd>{words.asset.verbs[entry.verb] ?? entry.verb}</dd>
          <dt>{words.proof.when}</dt>
          <dd>{moment(new Date(entry.at_us / 1000).toISOString())}</dd>
          <dt>{words.proof.actor}</dt>
          <dd className={styles.mono}>{entry.actor}</dd>
          <dt>{words.proof.subjects}</dt>
          <dd className={styles.mono}>
            {asset ? (
              <Link className="link" to={`/assets/${entry.subjects[0]}`}>
                {entry.subjects[0]}
              </Link>
            ) : (
              entry.subjects.join(", ")
            )}
          </dd>
          <dt>{words.proof.digest}</dt>
          <dd className={styles.mono}>{entry.digest}</dd>
          <dt>{words.proof.path}</dt>
          <dd>
            <details>
              <summary>{words.proof.steps(proof.path.length)}</summary>
              <ol className={styles.mono}>
                {proof.path.map((hash) => (
                  <li key={hash}>{hash}</li>
                ))}
              </ol>
            </details>
          </dd>
        </dl>
      )}
      <div className={styles.acts}>
        <Button component="a" href={proofUrl(fact)} download={`proof-${fact}-of-${proof.size}.json`}>
          {words.proof.saveProof}
        </Button>
      </div>
    </section>
  );
}
