/** What the bar says of uploads: nothing, or how far they are. */
import { IconActivity } from "@tabler/icons-react";
import { words } from "../words";
import { percent } from "../words/format";
import { running, useUploads } from "./store";
import styles from "./Upload.module.css";

export function UploadChip() {
  const { totals } = useUploads();
  if (!running(totals)) return null;
  return (
    <span className={styles.chip}>
      <IconActivity size={16} stroke={1.5} aria-hidden />
      {words.upload.running(totals.ended, totals.files)} ·{" "}
      {percent(totals.bytes > 0 ? totals.bytesDone / totals.bytes : 0)}
    </span>
  );
}
