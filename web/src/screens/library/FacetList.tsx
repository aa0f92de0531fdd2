/** A facet as a list of values. */
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useState } from "react";
import type { FindingCode } from "../../api/types";
import { words } from "../../words";
import { count } from "../../words/format";
import type { FacetProps } from "./Facets";
import styles from "./Facets.module.css";

/** Values that are seen before one asks for all. */
const FIRST = 8;

export function FacetList({ name, facet, markOf, onChoose, onExclude }: FacetProps) {
  const label = (value: string) => {
    if (name === "type") return words.kinds[value as keyof typeof words.kinds] ?? value;
    if (name === "finding") return words.findings[value as FindingCode]?.short ?? value;
    return value;
  };
  const [all, setAll] = useState(false);
  const held = facet.values;
  // A chosen value stays in sight, however few things have it.
  const shown = all ? held : held.filter(({ value }, at) => at < FIRST || markOf(value) !== "none");
  const hidden = held.length - shown.length;
  return (
    <ul>
      {shown.map(({ value, count: number }) => {
        const mark = markOf(value);
        return (
          <li key={value} className={styles.line} data-mark={mark}>
            <button
              type="button"
              className={styles.value}
              aria-pressed={mark !== "none"}
              onClick={() => onChoose(value)}
              title={label(value)}
            >
              <span className={styles.check}>
                {mark === "chosen" && <IconCheck size={10} stroke={3} aria-hidden />}
                {mark === "excluded" && <IconMinus size={10} stroke={3} aria-hidden />}
              </span>
              <span className="cut">{label(value)}</span>
              <span className={styles.number}>{number !== null && count(number)}</span>
            </button>
            <button
              type="button"
              className={styles.minus}
              aria-label={words.facets.exclude(label(value))}
              title={words.facets.exclude(label(value))}
              onClick={() => onExclude(value)}
            >
              <IconMinus size={13} stroke={1.6} aria-hidden />
            </button>
          </li>
        );
      })}
      {(all ? held.length > FIRST : hidden > 0) && (
        <li>
          <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? words.facets.fewer : words.facets.more(hidden)}
          </button>
        </li>
      )}
      {hidden === 0 && facet.of > facet.counted && (
        <li className={styles.rest}>{words.facets.mostFrequent(facet.counted, facet.of)}</li>
      )}
    </ul>
  );
}
