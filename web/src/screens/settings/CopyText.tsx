/** A text that is meant to be taken elsewhere, and the act that copies it. */
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { copyText } from "../../ui/copy";
import { words } from "../../words";
import styles from "./Settings.module.css";

export function CopyText({ text, label = words.backups.copy }: { text: string; label?: string }) {
  const shown = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the keyboard */}
      <code ref={shown} className={styles.code} tabIndex={0}>
        {text}
      </code>
      <div className={styles.acts}>
        <Button onClick={async () => setCopied(await copyText(text, shown.current))}>{label}</Button>
        <span role="status" className="s12 t2">
          {copied === true && words.backups.copied}
          {copied === false && words.settings.copyByHand}
        </span>
      </div>
    </>
  );
}
