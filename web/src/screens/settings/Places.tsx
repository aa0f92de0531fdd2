/** Where originals are kept: how each place stands, what is damaged in it, and which of the two is the first. */
import { useQuery } from "@tanstack/react-query";
import { places } from "../../api/places";
import { useCan } from "../../api/session";
import { Lines } from "../../ui/Skeletons";
import ui from "../../ui/ui.module.css";
import { words } from "../../words";
import { CopyText } from "./CopyText";
import { PlaceCard } from "./PlaceCard";
import styles from "./Settings.module.css";
import { SettingsPage } from "./SettingsPage";
import { SwapPlaces } from "./SwapPlaces";
import { Verdict } from "./Verdict";

export default function Places() {
  const { administer } = useCan();
  const { data, error, isPending } = useQuery({ ...places, enabled: administer });
  return (
    <SettingsPage title={words.places.title} about={words.places.about} administer>
      {isPending && <Lines lines={4} act={96} />}
      {error && <Verdict how="bad">{error.message || words.noAnswer}</Verdict>}
      {data?.map((place) => (
        <PlaceCard key={place.rank} place={place} />
      ))}
      {data?.length === 1 && <NoSecond />}
      {data && <SwapPlaces places={data} />}
    </SettingsPage>
  );
}

function NoSecond() {
  return (
    <section className={ui.section} aria-label={words.places.none}>
      <h2>{words.places.none}</h2>
      <p className={styles.lead}>{words.places.noneLead}</p>
      <p className={styles.lead}>{words.places.noneTodo}</p>
      <CopyText text={words.places.noneToml} />
    </section>
  );
}
