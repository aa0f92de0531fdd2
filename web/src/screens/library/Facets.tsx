/** The filters: each value with its count; a click adds it to the query or takes it out, its minus leaves it out. */
import { FACETS } from "../../api/assets";
import type { Facet } from "../../api/types";
import { choose, drop, exclude, fieldText, markOf, setField, tokens } from "../../query/tokens";
import { words } from "../../words";
import { month } from "../../words/format";
import { CapturedFacet } from "./CapturedFacet";
import { ColourFacet } from "./ColourFacet";
import { FacetList } from "./FacetList";
import styles from "./Facets.module.css";
import { type Listed, listed } from "./listed";
import { Clear, RailSection } from "./RailSection";
import { useFacets } from "./useFacets";

interface Props {
  query: string;
  facets: Record<string, Facet>;
  onQuery: (query: string) => void;
}

export function Facets({ query, facets: found, onQuery }: Props) {
  const facets = useFacets(query, found);
  const shown = FACETS.filter(
    (name) => (facets[name]?.values.length ?? 0) > 0 || tokens(query).some((token) => token.field === name),
  );
  if (shown.length === 0) return <p className={styles.none}>{words.facets.none}</p>;
  return shown.map((name) => {
    const facet = facets[name] ?? { values: [], more: 0 };
    const field = {
      name,
      facet: listed(facet, query, name),
      markOf: (value: string) => markOf(query, name, value),
      onChoose: (value: string) =>
        onQuery(
          markOf(query, name, value) === "none" ? choose(query, name, value) : drop(query, name, value),
        ),
      onExclude: (value: string) =>
        onQuery(
          markOf(query, name, value) === "excluded" ? drop(query, name, value) : exclude(query, name, value),
        ),
    };
    const range = name === "captured" ? fieldText(query, name) : null;
    return (
      <RailSection
        key={name}
        label={words.facets.names[name] ?? name}
        aside={
          name === "captured" && <Range range={range} onClear={() => onQuery(setField(query, name, null))} />
        }
      >
        {name === "captured" ? (
          <CapturedFacet
            facet={facet}
            range={range}
            onRange={(text) => onQuery(setField(query, name, text))}
          />
        ) : name === "colour" ? (
          <ColourFacet {...field} />
        ) : (
          <FacetList {...field} />
        )}
      </RailSection>
    );
  });
}

function Range({ range, onClear }: { range: string | null; onClear: () => void }) {
  if (range === null) return null;
  const said = range
    .split("..")
    .map((end) => (/^\d{4}(-\d{2})?$/.test(end) ? month(end) : end))
    .join(" – ");
  return (
    <Clear title={words.facets.anyTime} label={`${said}. ${words.facets.anyTime}`} onClick={onClear}>
      {said} ×
    </Clear>
  );
}

export interface FacetProps {
  name: string;
  facet: Listed;
  markOf: (value: string) => "none" | "chosen" | "excluded";
  onChoose: (value: string) => void;
  onExclude: (value: string) => void;
}
