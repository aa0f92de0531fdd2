/** An earlier version of an asset seen as if it were the current one: what was measured is its own, what was found and
 *  read is not known of it. */
import type { AssetView, ComparedVersion } from "../../api/types";

/** Media types whose first word is the kind they are shown as. */
const KINDS = ["image", "video", "audio"];

export function seenAs(asset: AssetView, { version, probe }: ComparedVersion, pictured: boolean): AssetView {
  const own = version.media_type === asset.media_type;
  const [first = ""] = version.media_type.split("/");
  const kind = own ? asset.kind : KINDS.includes(first) ? first : probe.page_count ? "document" : "other";
  return {
    ...asset,
    kind,
    version: version.id,
    name: version.name,
    media_type: version.media_type,
    bytes: version.bytes,
    width: probe.width_px ?? null,
    height: probe.height_px ?? null,
    duration_us: probe.duration_us ?? null,
    page_count: probe.page_count ?? null,
    probe,
    previewed: pictured,
    failed: !pictured,
    placeholder: pictured ? "" : null,
    findings: [],
    renditions: kind === asset.kind ? asset.renditions : [],
    text: false,
  };
}
