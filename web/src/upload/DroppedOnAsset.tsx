/** One file was dropped on the page of an asset: is it a new version of that, or a file for the library? */
import { Modal } from "@mantine/core";
import { useAsset } from "../api/assets";
import { useBlocked } from "../screens/asset/blocked";
import { words } from "../words";
import { addFiles } from "./add";
import type { Dropped } from "./dropped";
import styles from "./Upload.module.css";

interface Props {
  asset: string;
  /** `null` while nothing is asked. */
  file: Dropped | null;
  onClose: () => void;
}

export default function DroppedOnAsset({ asset: id, file, onClose }: Props) {
  const asset = useAsset(id).data?.asset;
  const blocked = useBlocked(asset ?? { trashed: null, checkout: null });
  const take = (replaces: string | null) => {
    if (file) addFiles([file], replaces ? { replaces } : {});
    onClose();
  };
  return (
    <Modal
      opened={file !== null}
      onClose={onClose}
      title={words.versions.dropTitle}
      closeButtonProps={{ "aria-label": words.close }}
    >
      <div style={{ display: "grid", gap: 12 }}>
        <p>{words.versions.dropLead(file?.file.name ?? "")}</p>
        <button
          type="button"
          className={styles.choice}
          aria-disabled={blocked !== null}
          onClick={() => blocked === null && take(id)}
        >
          <b>{words.versions.dropVersion(asset?.name ?? "")}</b>
          <span className="s12 t2">{blocked ?? words.versions.dropVersionHint}</span>
        </button>
        <button type="button" className={styles.choice} onClick={() => take(null)}>
          <b>{words.versions.dropAdd}</b>
          <span className="s12 t2">{words.versions.dropAddHint}</span>
        </button>
      </div>
    </Modal>
  );
}
