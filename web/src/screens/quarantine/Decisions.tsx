/** What was let in or replaced while one looks: each with the way to its asset. */
import { Link } from "react-router";
import { words } from "../../words";
import styles from "./Quarantine.module.css";

export interface Decision {
  id: string;
  /** What came of the file, in words. */
  text: string;
  asset: string | null;
}

export function Decisions({ made }: { made: readonly Decision[] }) {
  return (
    <div role="status">
      <ul>
        {made.map(({ id, text, asset }) => (
          <li key={id} className={styles.decision}>
            <span className="grow cut">{text}</span>
            {asset && (
              <Link className="link" to={`/assets/${asset}`}>
                {words.quarantine.show}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
