/** Whether a rendition can be had. That previews were made does not say it: a sound may have no cover, and plain text
 *  has no picture. What a picture was decoded of has a placeholder. */
import { useQuery } from "@tanstack/react-query";
import { rungUrl } from "./addresses";
import type { AssetSummary } from "./types";

/** Also has the server make it, so that the download that follows begins at once. */
export const isThere = async (url: string) => (await fetch(url, { method: "HEAD" })).ok;

/** Whether there is a picture to ask for. */
export function mayBePictured({
  previewed,
  placeholder,
}: Pick<AssetSummary, "previewed" | "placeholder">): boolean {
  return previewed && placeholder !== null;
}

/** Whether there is a picture of it, from which copies can be made; `null` until it is known. */
export function usePictured({
  version,
  previewed,
}: Pick<AssetSummary, "version" | "previewed">): boolean | null {
  const answer = useQuery({
    queryKey: ["pictured", version],
    enabled: previewed,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => isThere(rungUrl(version, 256)),
  });
  return answer.data ?? (answer.isLoading ? null : false);
}
