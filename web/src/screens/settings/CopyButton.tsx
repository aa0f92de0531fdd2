/** Copies a text that is not shown as a whole. */
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { copyText } from "../../ui/copy";
import { words } from "../../words";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const whole = useRef<HTMLPreElement>(null);
  return (
    <>
      <Button onClick={async () => setCopied(await copyText(text, whole.current))}>{label}</Button>
      <span role="status" className="s12 t2">
        {copied === true && words.proof.copied}
        {copied === false && words.settings.copyByHand}
      </span>
      {/* Browsers that give the page no clipboard copy what is selected, which has to stand somewhere. */}
      <pre ref={whole} className="vh" aria-hidden>
        {text}
      </pre>
    </>
  );
}
