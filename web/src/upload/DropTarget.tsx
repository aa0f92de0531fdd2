/** The whole page takes files. Shows that it does while files are dragged over it. */
import { useEffect, useState } from "react";
import { useCan } from "../api/session";
import { words } from "../words";
import { addFiles } from "./add";
import { fromDrop } from "./dropped";
import styles from "./Upload.module.css";

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function DropTarget() {
  const { upload: allowed } = useCan();
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Enter and leave come for every element crossed; only their balance tells.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const move = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = allowed ? "copy" : "none";
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (allowed) fromDrop(event.dataTransfer).then(addFiles);
    };
    const wired = { dragenter: enter, dragleave: leave, dragover: move, drop };
    for (const [name, act] of Object.entries(wired)) window.addEventListener(name as "drop", act);
    return () => {
      for (const [name, act] of Object.entries(wired)) window.removeEventListener(name as "drop", act);
    };
  }, [allowed]);
  return over ? (
    <div className={styles.target}>{allowed ? words.upload.drop : words.upload.notAllowed}</div>
  ) : null;
}
