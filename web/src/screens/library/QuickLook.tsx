/** Quick look: the focused asset, large, over the grid. Arrows go on, Enter opens, Space or Esc closes. */
import { type CSSProperties, useEffect, useRef } from "react";
import { rungUrl } from "../../api/addresses";
import type { AssetSummary } from "../../api/types";
import { KindIcon } from "../../ui/KindIcon";
import { words } from "../../words";
import { bytes, duration, pixels } from "../../words/format";
import { blankOf } from "../asset/blank";
import styles from "./QuickLook.module.css";

interface Props {
  asset: AssetSummary;
  onMove: (by: number) => void;
  onOpen: () => void;
  onClose: () => void;
}

export function QuickLook({ asset, onMove, onOpen, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (!box) return;
    // It grows out of the cell that has the focus.
    const from = document.activeElement?.getBoundingClientRect();
    if (from) box.style.transformOrigin = `${from.x + from.width / 2}px ${from.y + from.height / 2}px`;
    if (!box.open) box.showModal();
    return () => box.close();
  }, []);
  const facts = [
    asset.width && asset.height ? pixels(asset.width, asset.height) : null,
    asset.duration_us === null ? null : duration(asset.duration_us),
    asset.page_count ? words.library.pages(asset.page_count) : null,
    bytes(asset.bytes),
  ];
  const blank = blankOf(asset);
  const ratio = asset.width && asset.height ? asset.width / asset.height : 1.5;
  return (
    <dialog
      ref={dialog}
      className={styles.look}
      aria-label={`${words.library.quickLook}: ${asset.name}`}
      onCancel={onClose}
      onClick={onClose}
      onKeyDown={(event) => {
        const act = {
          " ": onClose,
          Escape: onClose,
          Enter: onOpen,
          ArrowRight: () => onMove(1),
          ArrowLeft: () => onMove(-1),
          ArrowDown: () => onMove(1),
          ArrowUp: () => onMove(-1),
        }[event.key];
        if (!act) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
    >
      {blank === null ? (
        <div className={styles.picture} style={{ "--ratio": ratio } as CSSProperties}>
          <img src={rungUrl(asset.version, 512)} alt="" aria-hidden />
          <img key={asset.version} src={rungUrl(asset.version, 2048)} alt={asset.title ?? asset.name} />
        </div>
      ) : (
        <span className={styles.none}>
          <KindIcon kind={asset.kind} size={64} />
          {words.asset.blanks(blank, asset.kind)}
        </span>
      )}
      <p className={styles.line}>
        <b>{asset.name}</b> {asset.title} <span>{facts.filter(Boolean).join(" · ")}</span>
      </p>
    </dialog>
  );
}
