/** The whole page takes files. Shows that it does while files are dragged over it. One file on the page of an asset may
 *  be meant for that. */
import { lazy, Suspense, useEffect, useState } from "react";
import { useMatch } from "react-router";
import { useCan } from "../api/session";
import { words } from "../words";
import { addFiles } from "./add";
import { type Dropped, fromDrop } from "./dropped";
import styles from "./Upload.module.css";

const DroppedOnAsset = lazy(() => import("./DroppedOnAsset"));

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function DropTarget() {
  const { upload: allowed } = useCan();
  const asset = useMatch("/assets/:id")?.params.id ?? null;
  const [over, setOver] = useState(false);
  const [asked, setAsked] = useState<Dropped | null>(null);
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
      if (!allowed) return;
      fromDrop(event.dataTransfer).then((files) => {
        const [first] = files;
        if (asset && first && files.length === 1 && !first.path.includes("/")) setAsked(first);
        else addFiles(files);
      });
    };
    const wired = { dragenter: enter, dragleave: leave, dragover: move, drop };
    for (const [name, act] of Object.entries(wired)) window.addEventListener(name as "drop", act);
    return () => {
      for (const [name, act] of Object.entries(wired)) window.removeEventListener(name as "drop", act);
    };
  }, [allowed, asset]);
  const said = asset ? words.versions.dropHere : words.upload.drop;
  return (
    <>
      {over && <div className={styles.target}>{allowed ? said : words.upload.notAllowed}</div>}
      {asset && (
        <Suspense>
          <DroppedOnAsset asset={asset} file={asked} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  );
}
