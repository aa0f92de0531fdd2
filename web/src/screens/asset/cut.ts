/** Which of an asset's lists are not shown whole. The answer says only that one of them was cut; each holds the same
 *  number at most, so a list that was cut is as long as the longest. */
import type { AssetView } from "../../api/types";

const LISTS = ["findings", "versions", "locations"] as const;
type Lists = Pick<AssetView, (typeof LISTS)[number] | "more">;

export function isCut(asset: Lists, list: (typeof LISTS)[number]): boolean {
  if (!asset.more) return false;
  return asset[list].length === Math.max(...LISTS.map((each) => asset[each].length));
}
