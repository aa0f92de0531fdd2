/** One picture over the other, with a line between them that is drawn by pointer or arrows: left of it the first,
 *  right of it the second. */
import { useState } from "react";
import { words } from "../words";
import styles from "./media.module.css";

interface Picture {
  url: string;
  alt: string;
}

interface Props {
  from: Picture;
  to: Picture;
  label: string;
}

export function Swipe({ from, to, label }: Props) {
  const [percent, setPercent] = useState(50);
  return (
    <div className={styles.swipe}>
      <img src={to.url} alt={to.alt} draggable={false} />
      <img
        src={from.url}
        alt={from.alt}
        draggable={false}
        style={{ clipPath: `inset(0 ${100 - percent}% 0 0)` }}
      />
      <input
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label={label}
        aria-valuetext={words.compare.at(percent, from.alt)}
        onChange={(event) => setPercent(Number(event.target.value))}
      />
      <i style={{ left: `${percent}%` }} aria-hidden />
      <span className={styles.swipeName} aria-hidden>
        {from.alt}
      </span>
      <span className={styles.swipeName} aria-hidden>
        {to.alt}
      </span>
    </div>
  );
}
