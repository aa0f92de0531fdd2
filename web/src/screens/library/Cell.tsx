/** One picture of the grid: the picture, and on top of it what is said while pointed at or focused. */
import { IconAlertTriangle, IconCheck, IconEye, IconLock, IconPlayerPlayFilled } from "@tabler/icons-react";
import { memo, useState } from "react";
import { Link } from "react-router";
import { rungFor, rungUrl } from "../../api/addresses";
import { mayBePictured } from "../../api/renditions";
import type { AssetSummary } from "../../api/types";
import { KindIcon } from "../../ui/KindIcon";
import { words } from "../../words";
import { bytes, duration, pixels } from "../../words/format";
import styles from "./Grid.module.css";
import { HoverStrip } from "./HoverStrip";
import type { Goes } from "./purgeTime";

interface Props {
  asset: AssetSummary;
  index: number;
  width: number;
  height: number;
  href: string;
  selected: boolean;
  tabbable: boolean;
  goes: (asset: AssetSummary) => Goes | null;
  onFocus: (index: number) => void;
  onLook: (index: number) => void;
  onSelect: (index: number, extend: boolean) => void;
}

export const Cell = memo(function Cell(props: Props) {
  const { asset, index, width, height, href, selected, tabbable } = props;
  const [pointed, setPointed] = useState(false);
  const goes = props.goes(asset);
  const toggle = (event: { preventDefault(): void; shiftKey: boolean }) => {
    event.preventDefault();
    props.onSelect(index, event.shiftKey);
  };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
    <div
      role="gridcell"
      aria-selected={selected}
      data-index={index}
      className={`${styles.cell} on-pic`}
      data-selected={selected || undefined}
      style={{ width, height }}
      onPointerEnter={(event) => setPointed(event.pointerType === "mouse")}
      onPointerLeave={() => setPointed(false)}
    >
      <Link
        to={href}
        className={styles.link}
        tabIndex={tabbable ? 0 : -1}
        aria-label={asset.title ? `${asset.title}, ${asset.name}` : asset.name}
        draggable={false}
        onFocus={() => props.onFocus(index)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) toggle(event);
        }}
      >
        <Picture asset={asset} longest={Math.max(width, height)} />
        {asset.duration_us !== null && (asset.kind === "video" || asset.kind === "audio") && (
          <span className={styles.tag}>
            {asset.kind === "video" && <IconPlayerPlayFilled size={9} aria-hidden />}
            {duration(asset.duration_us)}
          </span>
        )}
        {asset.page_count !== null && asset.page_count > 1 && (
          <span className={styles.tag}>{words.library.pages(asset.page_count)}</span>
        )}
        <Marks asset={asset} goes={goes} />
        <span className={styles.hover} aria-hidden>
          <b>{asset.name}</b>
          {asset.title && <span>{asset.title}</span>}
          <span>{line(asset)}</span>
          {asset.checked_out_by !== null && <span>{words.checkout.mark}</span>}
          {goes && <span>{goes.text}</span>}
        </span>
        {pointed && asset.kind === "video" && asset.previewed && <HoverStrip asset={asset} width={width} />}
      </Link>
      <button
        type="button"
        tabIndex={-1}
        className={styles.tick}
        aria-label={words.library.select(asset.name)}
        aria-pressed={selected}
        onClick={toggle}
      >
        <span>
          <IconCheck size={11} stroke={3} aria-hidden />
        </span>
      </button>
      {width > 110 && (
        <button
          type="button"
          tabIndex={-1}
          className={styles.look}
          aria-label={words.library.quickLook}
          title={words.library.quickLook}
          onClick={() => props.onLook(index)}
        >
          <IconEye size={13} stroke={1.6} aria-hidden />
        </button>
      )}
    </div>
  );
});

/** What has to be known without pointing: something failed, someone works on it, it goes for ever soon. */
function Marks({ asset, goes }: { asset: AssetSummary; goes: Goes | null }) {
  const out = asset.checked_out_by !== null;
  if (!asset.failed && !out && !goes) return null;
  return (
    <span className={styles.marks}>
      {asset.failed && (
        <span className={styles.tag} title={words.library.failed}>
          <IconAlertTriangle size={11} aria-label={words.library.failed} />
        </span>
      )}
      {out && (
        <span className={styles.tag} title={words.checkout.mark}>
          <IconLock size={11} aria-label={words.checkout.mark} />
        </span>
      )}
      {goes && (
        <span className={styles.tag} title={goes.title ?? undefined}>
          {goes.text}
        </span>
      )}
    </span>
  );
}

function Picture({ asset, longest }: { asset: AssetSummary; longest: number }) {
  const [broken, setBroken] = useState<string | null>(null);
  if (!mayBePictured(asset) || broken === asset.version) {
    return (
      <span className={styles.blank}>
        <KindIcon kind={asset.kind} size={24} />
        <span className="cut">{asset.name}</span>
      </span>
    );
  }
  return (
    <img
      src={rungUrl(asset.version, rungFor(longest, devicePixelRatio))}
      alt=""
      loading="eager"
      decoding="async"
      draggable={false}
      onError={() => setBroken(asset.version)}
    />
  );
}

function line(asset: AssetSummary): string {
  const size = asset.width && asset.height ? `${pixels(asset.width, asset.height)} · ` : "";
  return `${size}${bytes(asset.bytes)}`;
}
