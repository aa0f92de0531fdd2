/** Smaller copies to take away: the usual ones, or a size and format of one's own. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { PictureFormat } from "../api/addresses";
import { words } from "../words";
import styles from "./ui.module.css";

const FORMATS: Record<PictureFormat, string> = { jpg: "JPEG", webp: "WebP", png: "PNG", avif: "AVIF" };
const USUAL: [number, PictureFormat][] = [
  [2048, "jpg"],
  [1024, "jpg"],
  [2048, "webp"],
];
const SIDE_MAX = 8192;

export function CopyForm({ onCopy }: { onCopy: (side: number, format: PictureFormat) => void }) {
  const [side, setSide] = useState("1600");
  const [format, setFormat] = useState<PictureFormat>("jpg");
  const wanted = Number(side);
  const lawful = Number.isInteger(wanted) && wanted >= 1 && wanted <= SIDE_MAX;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lawful) onCopy(wanted, format);
  };
  return (
    <>
      <p className={styles.menuLabel}>{words.asset.copies}</p>
      {USUAL.map(([longest, kind]) => (
        <Button
          key={`${longest}${kind}`}
          fullWidth
          variant="subtle"
          justify="start"
          onClick={() => onCopy(longest, kind)}
        >
          {words.asset.copy(longest, FORMATS[kind])}
        </Button>
      ))}
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
    </>
  );
}
