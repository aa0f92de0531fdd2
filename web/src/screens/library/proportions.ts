/** Proportions of a cell before, and after, its picture is there: the same, so that no cell changes size. */
import type { AssetSummary } from "../../api/types";

const USUAL: Record<string, number> = {
  image: 1.5,
  video: 16 / 9,
  audio: 1.6,
  document: 0.75,
  model: 1.25,
  font: 1.25,
  archive: 1.25,
  timeline: 1.25,
  other: 1.25,
};

export function ratioOf({ kind, width, height }: Pick<AssetSummary, "kind" | "width" | "height">): number {
  return width && height && width > 0 && height > 0 ? width / height : (USUAL[kind] ?? 1.25);
}
