/** Why there is nothing to look at. A file that cannot be shown says so, rather than standing as an empty picture. */
import { mayBePictured } from "../../api/renditions";
import type { AssetSummary, AssetView, FindingCode } from "../../api/types";

export type Blank = "empty" | "coming" | "undecoded" | "pictureless";

type Seen = Pick<AssetSummary, "kind" | "bytes" | "previewed" | "failed" | "placeholder">;
type Found = Pick<AssetView, "findings">;

/** Findings that can be why a file is not shown. */
const OBSTACLES: readonly FindingCode[] = [
  "undecodable",
  "truncated",
  "over-limit",
  "decoder-stopped",
  "decoder-died",
  "decoder-missing",
  "encrypted",
];

export const obstacles = <Each extends { code: FindingCode }>(findings: readonly Each[]): Each[] =>
  findings.filter(({ code }) => OBSTACLES.includes(code));

/** Why it has no picture; `null` where it may have one. */
export function blankOf(asset: Seen & Partial<Found>): Blank | null {
  const { kind, bytes, previewed, failed, findings = [] } = asset;
  if (bytes === 0 || findings.some(({ code }) => code === "empty")) return "empty";
  if (mayBePictured(asset)) return null;
  if (kind === "image") return previewed || failed ? "undecoded" : "coming";
  return obstacles(findings).length > 0 ? "undecoded" : "pictureless";
}
