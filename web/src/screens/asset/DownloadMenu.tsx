/** Taking an asset away: the original, the usual smaller copies, or a copy of one's own size and format. */
import { Button, NativeSelect, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { copyUrl, originalUrl, type PictureFormat } from "../../api/addresses";
import { useCan } from "../../api/session";
import type { AssetView } from "../../api/types";
import { save } from "../../ui/download";
import { words } from "../../words";
import { bytes } from "../../words/format";
import styles from "./Asset.module.css";

const FORMATS: Record<PictureFormat, string> = { jpg: "JPEG", webp: "WebP", png: "PNG", avif: "AVIF" };
const COPIES: [number, PictureFormat][] = [
  [2048, "jpg"],
  [1024, "jpg"],
  [2048, "webp"],
];
const SIDE_MAX = 8192;

export function DownloadMenu({ asset }: { asset: AssetView }) {
  const { download: allowed } = useCan();
  const pictured = asset.previewed;
  return (
    <Popover position="bottom-end" width={264}>
      <Popover.Target>
        <Tooltip label={words.asset.notAllowed} disabled={allowed}>
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
          disabled={!allowed}
          rightSection={<span className="t3 s12">{bytes(asset.bytes)}</span>}
          onClick={() => save(originalUrl(asset.id))}
        >
          {words.asset.original}
        </Button>
        {pictured && (
          <>
            <p className={styles.menuLabel}>{words.asset.copies}</p>
            {COPIES.map(([side, format]) => (
              <Button
                key={`${side}${format}`}
                fullWidth
                variant="subtle"
                justify="start"
                onClick={() => save(copyUrl(asset.version, side, format))}
              >
                {words.asset.copy(side, FORMATS[format])}
              </Button>
            ))}
            <Custom version={asset.version} />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Custom({ version }: { version: string }) {
  const [side, setSide] = useState("1600");
  const [format, setFormat] = useState<PictureFormat>("jpg");
  const wanted = Number(side);
  const lawful = Number.isInteger(wanted) && wanted >= 1 && wanted <= SIDE_MAX;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lawful) save(copyUrl(version, wanted, format));
  };
  return (
    <form onSubmit={submit}>
      <p className={styles.menuLabel}>{words.asset.custom}</p>
      <div className={styles.custom}>
        <TextInput
          inputMode="numeric"
          aria-label={words.asset.side}
          title={words.asset.side}
          value={side}
          error={!lawful}
          onChange={(event) => setSide(event.target.value)}
        />
        <NativeSelect
          aria-label={words.asset.format}
          value={format}
          onChange={(event) => setFormat(event.target.value as PictureFormat)}
          data={Object.entries(FORMATS).map(([value, label]) => ({ value, label }))}
        />
        <Button type="submit" disabled={!lawful} aria-label={words.asset.save} title={words.asset.save}>
          <IconDownload size={16} stroke={1.6} />
        </Button>
      </div>
    </form>
  );
}
