/** The bar over an asset: its place in the result, its name and state, and taking it away. */
import { ActionIcon } from "@mantine/core";
import {
  IconAlertTriangle,
  IconChevronLeft,
  IconLayoutSidebarRight,
  IconLock,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "react-router";
import type { AssetView } from "../../api/types";
import { UploadChip } from "../../upload/UploadChip";
import { words } from "../../words";
import { ActsMenu } from "./ActsMenu";
import type { Around } from "./Asset";
import styles from "./Asset.module.css";
import { useIsMine, whoHas } from "./blocked";
import { DownloadMenu } from "./DownloadMenu";

interface Props {
  asset: AssetView;
  around: Around;
  backTo: string;
  panelOpen: boolean;
  onPanel: () => void;
  onTrash: () => void;
}

export function Header({ asset, around, backTo, panelOpen, onPanel, onTrash }: Props) {
  const mine = useIsMine(asset);
  const place = around.index === null ? null : words.asset.place(around.index + 1, around.total);
  const [code, ...others] = new Set(asset.findings.map((each) => each.code));
  return (
    <header className={styles.top}>
      <ActionIcon
        component={Link}
        to={backTo}
        aria-label={words.asset.backTo}
        title={`${words.asset.backTo} (Esc)`}
      >
        <IconChevronLeft size={18} stroke={1.6} />
      </ActionIcon>
      {place && (
        <span className={styles.place}>
          {place.index} <span className="t2">{place.of}</span>
        </span>
      )}
      <h1 className="cut">{asset.name}</h1>
      <span className={styles.pill}>{asset.state}</span>
      {asset.trashed !== null && (
        <span className={styles.pill}>
          <IconTrash size={12} aria-hidden />
          {words.trash.label}
        </span>
      )}
      {asset.checkout && (
        <span className={styles.pill}>
          <IconLock size={12} aria-hidden />
          {mine ? words.checkout.mine : words.checkout.by(whoHas(asset.checkout))}
        </span>
      )}
      {code && (
        <span
          className={styles.pill}
          title={asset.findings.map((each) => words.findings[each.code].long).join("\n")}
        >
          <IconAlertTriangle size={12} color="var(--dm-ask)" aria-hidden />
          {others.length === 0 ? words.findings[code].short : words.asset.found(1 + others.length)}
        </span>
      )}
      <span className="grow" />
      <UploadChip />
      <ActionIcon
        aria-label={words.asset.panel}
        title={`${words.asset.panel} (I)`}
        aria-pressed={panelOpen}
        onClick={onPanel}
      >
        <IconLayoutSidebarRight size={17} stroke={1.5} />
      </ActionIcon>
      <ActsMenu asset={asset} onTrash={onTrash} />
      <DownloadMenu asset={asset} />
    </header>
  );
}
