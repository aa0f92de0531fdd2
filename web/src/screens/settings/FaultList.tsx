/** The damaged files of a place, each with the assets that have it, and the act that looks again and mends. */
import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "react-router";
import { rungUrl } from "../../api/addresses";
import { readAsset } from "../../api/assets";
import { faultPages, mendFile, PLACES } from "../../api/places";
import { mayBePictured } from "../../api/renditions";
import type { Fault, Rank } from "../../api/types";
import { tell } from "../../ui/notices";
import { Lines } from "../../ui/Skeletons";
import { Thumb } from "../../ui/Thumb";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

const outcomeOf = (outcome: string) => words.places.outcomes[outcome] ?? outcome;

/** `count`: how many there are by the last look at the place; another number has the list read anew. */
export function FaultList({ rank, count }: { rank: Rank; count: number }) {
  const list = useInfiniteQuery(faultPages(rank));
  const { refetch } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a number that changed is what it waits for
  useEffect(() => {
    refetch();
  }, [count, refetch]);
  const title = words.places.faultsOf(words.places.ranks[rank]);
  return (
    <div role="group" aria-label={title}>
      {list.isPending && <Lines lines={2} act={96} />}
      {list.error && <Verdict how="bad">{list.error.message || words.noAnswer}</Verdict>}
      {list.data?.map((fault) => (
        <FaultLine key={fault.file} rank={rank} fault={fault} />
      ))}
      {list.hasNextPage && (
        <div className={styles.acts}>
          <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {words.places.more}
          </Button>
        </div>
      )}
    </div>
  );
}

function FaultLine({ rank, fault }: { rank: Rank; fault: Fault }) {
  const cache = useQueryClient();
  const [first] = fault.assets;
  const mend = useMutation({
    mutationFn: () => mendFile(rank, fault.file),
    onSuccess: (seen) => {
      if (!seen.fault) tell({ text: seen.outcome === "mended" ? words.places.mended : words.places.good });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: PLACES }),
  });
  const still = mend.data?.fault ? mend.data : null;
  return (
    <div className={`${ui.line} ${ui.wrapping}`}>
      <div className="grow" style={{ overflowWrap: "anywhere" }}>
        {first === undefined && <div>{words.places.waits}</div>}
        {fault.assets.map((asset) => (
          <AssetLink key={asset} id={asset} />
        ))}
        <div className="s12 no">{outcomeOf(fault.outcome)}</div>
        {fault.detail && <div className="s12 t2">{fault.detail}</div>}
        <div className="s12 t3">
          {moment(fault.checked)} · <span className={styles.mono}>{fault.file}</span>
        </div>
        {still && (
          <div className="s12 no" role="alert">
            {words.places.still(outcomeOf(still.outcome))}
          </div>
        )}
        {mend.error && (
          <div className="s12 no" role="alert">
            {mend.error.message || words.noAnswer}
          </div>
        )}
      </div>
      <Button
        aria-label={words.places.againOf(fault.file.slice(0, 12))}
        loading={mend.isPending}
        onClick={() => mend.mutate()}
      >
        {words.places.again}
      </Button>
    </div>
  );
}

function AssetLink({ id }: { id: string }) {
  const { data } = useQuery(readAsset(id));
  const asset = data?.asset;
  return (
    <Link to={`/assets/${id}`} className={`link ${styles.damaged}`}>
      {asset && (
        <Thumb url={mayBePictured(asset) ? rungUrl(asset.version, 256) : null} kind={asset.kind} size={24} />
      )}
      {asset?.name ?? id}
    </Link>
  );
}
