/** The sign of a kind, where there is no picture to show. */
import {
  IconCube,
  IconFile,
  IconFileText,
  IconMovie,
  IconPhoto,
  IconTimeline,
  IconTypography,
  IconWaveSine,
  IconZip,
} from "@tabler/icons-react";
import type { AssetKind } from "../api/types";

const ICONS = {
  image: IconPhoto,
  video: IconMovie,
  audio: IconWaveSine,
  document: IconFileText,
  model: IconCube,
  font: IconTypography,
  archive: IconZip,
  timeline: IconTimeline,
  other: IconFile,
} satisfies Record<AssetKind, typeof IconFile>;

export function KindIcon({ kind, size = 16 }: { kind: AssetKind; size?: number }) {
  const Icon = ICONS[kind] ?? IconFile;
  return <Icon size={size} stroke={1.3} aria-hidden />;
}
