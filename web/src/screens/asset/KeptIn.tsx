/** In which places the files of an asset are kept, and when their bytes were last verified there; for those who look
 *  after the places. */
import { useQuery } from "@tanstack/react-query";
import { fixityOf } from "../../api/places";
import { useCan } from "../../api/session";
import { words } from "../../words";
import { moment } from "../../words/format";
import styles from "./Asset.module.css";

export function KeptIn({ id }: { id: string }) {
  const { administer } = useCan();
  const { data } = useQuery({ ...fixityOf(id), enabled: administer });
  if (!administer || !data) return null;
  return (
    <section aria-label={words.places.keptIn}>
      <h2>{words.places.keptIn}</h2>
      {data.length === 0 && <p className="s12 t3">{words.places.notSeen}</p>}
      <ul className={styles.lines}>
        {data.map(({ place, file, outcome, detail, fault, checked }) => (
          <li key={place + file} className={styles.breakable} title={detail ?? undefined}>
            <span className="t3">{place === "here" ? words.places.here : place}</span>{" "}
            <span className={fault ? "no" : undefined}>
              {words.places.at(words.places.outcomes[outcome] ?? outcome, moment(checked))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
