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

const ICONS: Record<string, typeof IconFile> = {
  image: IconPhoto,
  video: IconMovie,
  audio: IconWaveSine,
  document: IconFileText,
  model: IconCube,
  font: IconTypography,
  archive: IconZip,
  timeline: IconTimeline,
  other: IconFile,
};

export function KindIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const Icon = ICONS[kind] ?? IconFile;
  return <Icon size={size} stroke={1.3} aria-hidden />;
}
