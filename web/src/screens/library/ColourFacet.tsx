/** Dominant colours as swatches. A colour comes as `#rrggbb` or by its name. */
import { words } from "../../words";
import { count } from "../../words/format";
import type { FacetProps } from "./Facets";
import styles from "./Facets.module.css";

const NAMED: Record<string, string> = {
  black: "#171717",
  white: "#f4f4f4",
  grey: "#8a8a8a",
  gray: "#8a8a8a",
  red: "#c6352b",
  orange: "#e27a2b",
  yellow: "#e7c33c",
  olive: "#7a9a3a",
  green: "#2f7a4c",
  teal: "#3aa7a0",
  cyan: "#3aa7a0",
  blue: "#4d8fd6",
  navy: "#2d4fa3",
  purple: "#6a4fa0",
  violet: "#6a4fa0",
  pink: "#c76a9b",
  magenta: "#c76a9b",
  brown: "#7d5535",
  beige: "#cdb08a",
  tan: "#cdb08a",
  skin: "#f0d9c4",
};

export function ColourFacet({ facet, markOf, onChoose, onExclude }: FacetProps) {
  return (
    <div className={styles.swatches}>
      {facet.values.slice(0, 16).map(({ value, count: number }) => {
        const mark = markOf(value);
        const label = words.facets.bar(value, number);
        return (
          <button
            key={value}
            type="button"
            className={styles.swatch}
            data-mark={mark}
            style={{ background: value.startsWith("#") ? value : (NAMED[value] ?? "transparent") }}
            aria-pressed={mark !== "none"}
            aria-label={mark === "excluded" ? words.facets.exclude(value) : label}
            title={`${value} · ${count(number)}`}
            onClick={(event) => (event.shiftKey ? onExclude(value) : onChoose(value))}
          />
        );
      })}
    </div>
  );
}
