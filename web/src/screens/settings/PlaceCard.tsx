/** A place of originals: where it is, how far it was filled and verified, and what is wrong in it. */
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useStatus } from "../../api/activity";
import { PLACES, scrubPlace } from "../../api/places";
import type { Place } from "../../api/types";
import { ProgressLine } from "../../ui/ProgressLine";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { moment } from "../../words/format";
import { FaultList } from "./FaultList";
import { FAULTS_COUNTED, shareOf } from "./placeReport";
import styles from "./Settings.module.css";
import { Verdict } from "./Verdict";

export function PlaceCard({ place }: { place: Place }) {
  const cache = useQueryClient();
  const { rank, name, found, encrypted, filled, pass, verified, faults, behind, trouble } = place;
  const title = words.places.ranks[rank];
  const scrub = useMutation({
    mutationFn: () => scrubPlace(rank),
    onSettled: () => cache.invalidateQueries({ queryKey: PLACES }),
  });
  return (
    <section className={ui.section} aria-label={title}>
      <h2>
        {title} <span>{words.places.does[rank]}</span>
      </h2>
      {trouble && <Verdict how="bad">{words.places.trouble(moment(trouble.since), trouble.why)}</Verdict>}
      <dl className={styles.pairs}>
        <dt>{words.places.name}</dt>
        <dd className={styles.mono}>{name === "here" ? words.places.here : name}</dd>
        <dt>{words.places.found}</dt>
        <dd>{found ?? words.places.unknown}</dd>
        <dt>{words.places.encryption}</dt>
        <dd>{encrypted === null ? words.places.unknown : words.places.encrypted(encrypted)}</dd>
        {rank === "second" && (
          <>
            <dt>{words.places.filled}</dt>
            <dd>{filled ? words.places.isFilled : words.places.isNotFilled}</dd>
            <dt>{words.places.behind}</dt>
            <dd>{words.places.behindBy(behind)}</dd>
          </>
        )}
        <dt>{words.places.verified}</dt>
        <dd>
          {verified
            ? words.places.saw(moment(verified.at), verified.files, verified.bytes)
            : words.places.never}
        </dd>
      </dl>
      {pass && <PassLine place={place} pass={pass} />}
      <div className={styles.acts}>
        <Button
          aria-label={words.places.verifyOf(title)}
          disabled={pass !== null}
          loading={scrub.isPending}
          onClick={() => scrub.mutate()}
        >
          {words.places.verify}
        </Button>
        {pass && <span className="s12 t2">{words.places.goesOn}</span>}
      </div>
      {scrub.error && <Verdict how="bad">{scrub.error.message || words.noAnswer}</Verdict>}
      {faults > 0 && <Verdict how="bad">{words.places.damaged(faults, faults >= FAULTS_COUNTED)}</Verdict>}
      {faults === 0 && verified && <Verdict how="good">{words.places.whole}</Verdict>}
      {faults > 0 && <FaultList rank={rank} count={faults} />}
    </section>
  );
}

function PassLine({ place, pass }: { place: Place; pass: NonNullable<Place["pass"]> }) {
  const { data } = useStatus();
  const label = place.rank === "second" && !place.filled ? words.places.filling : words.places.pass;
  return (
    <div role="status">
      <div className="t2">
        {label} · {words.places.seen(pass.files, pass.bytes, moment(pass.began))}
        {data && ` ${words.places.ofAll(data.assets)}`}
      </div>
      {data && (
        <div className={styles.going}>
          <ProgressLine
            label={words.places.progress(words.places.ranks[place.rank])}
            share={shareOf(pass, data)}
          />
        </div>
      )}
    </div>
  );
}
