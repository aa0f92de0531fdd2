/** Taking an asset away: the original, or a smaller copy. */
import { Button, Popover, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { copyUrl, originalUrl } from "../../api/addresses";
import { mayBePictured } from "../../api/renditions";
import { useCan } from "../../api/session";
import type { AssetView } from "../../api/types";
import { CopyForm } from "../../ui/CopyForm";
import { save } from "../../ui/download";
import { words } from "../../words";
import { bytes } from "../../words/format";

export function DownloadMenu({ asset }: { asset: AssetView }) {
  const { download } = useCan();
  const kept = asset.trashed !== null ? words.trash.reason : download ? null : words.asset.notAllowed;
  const pictured = mayBePictured(asset);
  return (
    <Popover position="bottom-end" width={264}>
      <Popover.Target>
        <Tooltip label={kept} disabled={kept === null}>
          <Button variant="filled" leftSection={<IconDownload size={16} stroke={1.6} />}>
            {words.asset.download}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <Button
          fullWidth
          variant="subtle"
          justify="space-between"
          disabled={kept !== null}
          rightSection={<span className="t3 s12">{bytes(asset.bytes)}</span>}
          onClick={() => save(originalUrl(asset.id))}
        >
          {words.asset.original}
        </Button>
        {pictured && <CopyForm onCopy={(side, format) => save(copyUrl(asset.version, side, format))} />}
      </Popover.Dropdown>
    </Popover>
  );
}
