/** A picture of a file that waits, as the server drew it behind the glass; or that there is none. */
import { useState } from "react";
import { glanceUrl } from "../../api/quarantine";
import type { Quarantined } from "../../api/types";
import { words } from "../../words";
import styles from "./Quarantine.module.css";
import { isMalware } from "./reason";

export function Glance({ file }: { file: Quarantined }) {
  const [none, setNone] = useState(isMalware(file));
  if (none)
    return (
      <p className="s12 t2">
        {isMalware(file) ? words.quarantine.noPictureMalware : words.quarantine.noPicture}
      </p>
    );
  return (
    <figure className={styles.glance}>
      <div>
        <img
          src={glanceUrl(file.id)}
          alt={words.quarantine.picture(file.name)}
          onError={() => setNone(true)}
        />
      </div>
      <figcaption className="s12 t3">{words.quarantine.pictureLead}</figcaption>
    </figure>
  );
}
