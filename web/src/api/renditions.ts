/** Whether a rendition can be had. That previews were made does not say it: a sound may have no cover, and plain text
 *  has no picture. What a picture was decoded of has a placeholder. */
import { useQuery } from "@tanstack/react-query";
import { rungUrl } from "./addresses";
import type { AssetSummary } from "./types";

/** Also has the server make it, so that the download that follows begins at once. */
export const isThere = async (url: string) => (await fetch(url, { method: "HEAD" })).ok;

/** Kinds whose picture is made with the previews, or never. Of documents some are drawn only when asked for. */
const PREVIEWED: readonly string[] = ["image", "video", "audio"];

/** Whether it is worth asking for a picture of it. */
export function mayBePictured({
  kind,
  previewed,
  placeholder,
}: Pick<AssetSummary, "kind" | "previewed" | "placeholder">): boolean {
  return previewed && (placeholder !== null || !PREVIEWED.includes(kind));
}

/** Whether there is a picture of it, from which copies can be made. */
export function usePictured({ version, previewed }: Pick<AssetSummary, "version" | "previewed">): boolean {
  const answer = useQuery({
    queryKey: ["pictured", version],
    enabled: previewed,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => isThere(rungUrl(version, 256)),
  });
  return answer.data ?? false;
}
