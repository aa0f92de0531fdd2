/** When what lies in the trash goes for ever. The server says it of one asset whole; all are kept equally long. */
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { readAsset } from "../../api/assets";
import type { AssetSummary, AssetView } from "../../api/types";
import { words } from "../../words";
import { date } from "../../words/format";

const DAY_MS = 86_400_000;

type Trashed = Pick<AssetSummary, "trashed">;

/** How long the trash keeps, in milliseconds; `null` where it keeps for good. */
export function keptMs({ trashed, purge_at }: Pick<AssetView, "trashed" | "purge_at">): number | null {
  return trashed && purge_at ? Date.parse(purge_at) - Date.parse(trashed) : null;
}

export function goesText({ trashed }: Trashed, kept: number | null, now: number): string | null {
  if (trashed === null) return null;
  if (kept === null) return words.trash.kept;
  return words.trash.gone(Math.floor((Date.parse(trashed) + kept - now) / DAY_MS));
}

export function goesOn({ trashed }: Trashed, kept: number | null): string | null {
  if (trashed === null || kept === null) return null;
  return words.trash.goesOn(date(new Date(Date.parse(trashed) + kept).toISOString()));
}

export interface Goes {
  text: string;
  title: string | null;
}

/** What one asset of the trash tells of all; `undefined` until it is known. */
function useKept(items: readonly AssetSummary[], wanted: boolean): number | null | undefined {
  const one = wanted ? items.find((item) => item.trashed !== null) : undefined;
  const held = useQuery({ ...readAsset(one?.id ?? ""), enabled: one !== undefined, staleTime: 60_000 }).data;
  return held?.asset.trashed != null ? keptMs(held.asset) : undefined;
}

/** How long the trash keeps, in words; `null` out of it, and until it is known. */
export function useKeeps(items: readonly AssetSummary[], wanted: boolean): string | null {
  const kept = useKept(items, wanted);
  return kept === undefined ? null : keepsText(kept);
}

export const keepsText = (kept: number | null) =>
  kept === null ? words.trash.keepsForGood : words.trash.keeps(Math.round(kept / DAY_MS));

/** Says of an asset when it goes; `null` for what does not lie in the trash, and until it is known. */
export function useGoes(items: readonly AssetSummary[], wanted: boolean): (asset: Trashed) => Goes | null {
  const kept = useKept(items, wanted);
  return useCallback(
    (asset) => {
      if (kept === undefined) return null;
      const text = goesText(asset, kept, Date.now());
      return text === null ? null : { text, title: goesOn(asset, kept) };
    },
    [kept],
  );
}
