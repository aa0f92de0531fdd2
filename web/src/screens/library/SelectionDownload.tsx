/** Taking the selection away: its originals, or smaller copies of what has a picture. */
import { Button, Popover, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { copyUrl, originalUrl, type PictureFormat } from "../../api/addresses";
import { readAsset } from "../../api/assets";
import { isThere } from "../../api/renditions";
import { useCan } from "../../api/session";
import type { AssetSummary } from "../../api/types";
import { CopyForm } from "../../ui/CopyForm";
import { saveAll } from "../../ui/download";
import { words } from "../../words";
import styles from "./Library.module.css";

/** Each file is a download of its own; a browser asks about every one beyond a handful. */
const DOWNLOADS_MAX = 50;

export function SelectionDownload({ items, ids }: { items: AssetSummary[]; ids: readonly string[] }) {
  const { download: allowed } = useCan();
  const cache = useQueryClient();
  const over = ids.length > DOWNLOADS_MAX ? words.selection.many(ids.length, DOWNLOADS_MAX) : null;
  const [none, setNone] = useState(0);
  const copies = async (side: number, format: PictureFormat) => {
    const urls: string[] = [];
    setNone(0);
    for (const id of ids) {
      // What was selected in another result is not among what is loaded of this one.
      const held = items.find((item) => item.id === id);
      const asset = held ?? (await cache.fetchQuery(readAsset(id)).catch(() => null))?.asset;
      const url = asset?.previewed ? copyUrl(asset.version, side, format) : null;
      if (url && (await isThere(url))) urls.push(url);
    }
    setNone(ids.length - urls.length);
    await saveAll(urls);
  };
  return (
    <Popover position="top" width={264} disabled={over !== null}>
      <Popover.Target>
        <Tooltip label={over} disabled={over === null}>
          <Button
            variant="subtle"
            leftSection={<IconDownload size={16} stroke={1.5} />}
            data-disabled={over !== null || undefined}
            aria-disabled={over !== null}
          >
            {words.selection.download}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <Tooltip label={words.selection.notAllowed} disabled={allowed}>
          <Button
            fullWidth
            variant="subtle"
            justify="start"
            disabled={!allowed}
            onClick={() => saveAll(ids.map((id) => originalUrl(id)))}
          >
            {words.selection.originals(ids.length)}
          </Button>
        </Tooltip>
        <CopyForm onCopy={copies} />
        <p role="status" className={none > 0 ? styles.none : "vh"}>
          {none > 0 && words.selection.pictureless(none)}
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
