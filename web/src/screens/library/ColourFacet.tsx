/** Dominant colours as swatches. A colour comes as `#rrggbb` or by its name. */
import { words } from "../../words";
import type { FacetProps } from "./Facets";
import styles from "./Facets.module.css";

/** The server's sixteen names and what they look like. */
const NAMED: Record<string, string> = {
  black: "#0c0c0c",
  grey: "#808080",
  white: "#f6f6f6",
  red: "#cd1e23",
  orange: "#f0821e",
  yellow: "#f5d728",
  beige: "#dccdaa",
  brown: "#6e4628",
  olive: "#737328",
  green: "#32913c",
  teal: "#148787",
  cyan: "#6ecde1",
  blue: "#285ac8",
  navy: "#19235a",
  purple: "#783ca0",
  pink: "#eb8caf",
};

export function ColourFacet({ facet, markOf, onChoose, onExclude }: FacetProps) {
  return (
    <div className={styles.swatches}>
      {facet.values.slice(0, 16).map(({ value, count: number }) => {
        const mark = markOf(value);
        const label = number === null ? value : words.facets.bar(value, number);
        return (
          <button
            key={value}
            type="button"
            className={styles.swatch}
            data-mark={mark}
            style={{ background: value.startsWith("#") ? value : (NAMED[value] ?? "transparent") }}
            aria-pressed={mark !== "none"}
            aria-label={mark === "excluded" ? words.facets.exclude(value) : label}
            title={label}
            onClick={(event) => (event.shiftKey ? onExclude(value) : onChoose(value))}
          />
        );
      })}
    </div>
  );
}
