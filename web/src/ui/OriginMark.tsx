/** Where a value comes from: a page for the file, a figure for a person, a gauge for what was measured. */
import { IconDiamond, IconFile, IconGauge, IconRoute, IconUser } from "@tabler/icons-react";
import type { Origin } from "../api/types";
import { words } from "../words";
import styles from "./ui.module.css";

const ICONS: Record<string, typeof IconFile> = {
  file: IconFile,
  sidecar: IconFile,
  import: IconFile,
  measured: IconGauge,
  person: IconUser,
  rule: IconRoute,
  model: IconDiamond,
};

export function OriginMark({ origin }: { origin: Origin }) {
  const Icon = ICONS[origin.kind] ?? IconFile;
  const said = [words.asset.origins[origin.kind], origin.tag, origin.model].filter(Boolean).join(": ");
  return (
    <span className={styles.origin} title={said}>
      <Icon size={11} stroke={1.6} aria-hidden />
      <span className="vh">({said})</span>
    </span>
  );
}
