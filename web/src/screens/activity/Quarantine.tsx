/** What waits in quarantine, in short; a screen of its own is where it is decided about. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { quarantinePages } from "../../api/quarantine";
import { Lines } from "../../ui/Skeletons";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";
import { reasonOf } from "../quarantine/reason";
import { Section } from "./Section";

/** Files that are named here. */
const NAMED_MAX = 3;

export function Quarantine() {
  const { data, error, isPending, hasNextPage } = useInfiniteQuery(quarantinePages());
  const note = data && data.length > 0 ? words.quarantine.waiting(data.length, hasNextPage) : undefined;
  return (
    <Section title={words.quarantine.title} note={note}>
      {error && <p role="alert">{error.message}</p>}
      {isPending && <Lines lines={1} act={140} />}
      {data?.length === 0 && <p>{words.quarantine.empty}</p>}
      {data?.slice(0, NAMED_MAX).map((file) => (
        <div key={file.id} className={styles.line}>
          <div className="grow">
            <div className="cut">{file.name}</div>
            <div className="s12 t3">{reasonOf(file).short}</div>
          </div>
        </div>
      ))}
      {data && data.length > 0 && (
        <p>
          <Link className="link" to="/quarantine">
            {words.quarantine.open}
          </Link>
        </p>
      )}
    </Section>
  );
}
