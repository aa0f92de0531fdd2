/** In what two versions differ, in words. */
import type { ComparedVersion, TagDifference } from "../../api/types";
import { words } from "../../words";
import { factPairs } from "./facts";

export interface Row {
  name: string;
  /** `null` where it is not there. */
  from: string | null;
  to: string | null;
}

/** The technical facts that are not the same in both. */
export function factRows(from: ComparedVersion, to: ComparedVersion): Row[] {
  const [before, after] = [new Map(factPairs(seen(from))), new Map(factPairs(seen(to)))];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
    .filter((row) => row.from !== row.to);
}

const seen = ({ version, probe }: ComparedVersion) => ({
  ...version,
  width: probe.width_px ?? null,
  height: probe.height_px ?? null,
  page_count: probe.page_count ?? null,
  duration_us: probe.duration_us ?? null,
  probe,
});

export function tagRows(tags: readonly TagDifference[]): Row[] {
  return tags.map(({ group, name, from, to }) => ({
    name: `${group} ${name}`,
    from: said(from),
    to: said(to),
  }));
}

const said = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** What is said where one side has nothing. */
export const orAbsent = (text: string | null) => text ?? words.compare.absent;
