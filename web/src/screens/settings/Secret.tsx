/** The secret of a key that was just made. It is shown here once, and then nowhere. */
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { MadeKey } from "../../api/types";
import { copyText } from "../../ui/copy";
import { words } from "../../words";
import { date } from "../../words/format";
import styles from "./Keys.module.css";

export function Secret({ made: { key, secret }, onDone }: { made: MadeKey; onDone: () => void }) {
  const shown = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => setCopied(await copyText(secret, shown.current));
  return (
    <div className={styles.form}>
      <p>{words.settings.made}</p>
      <code ref={shown} className={styles.secret}>
        {secret}
      </code>
      <p className="s12 t2">
        {key.scopes.map((scope) => words.settings.scopeNames[scope]).join(", ")} ·{" "}
        {key.expires ? words.settings.endsOn(date(key.expires)) : words.settings.endsNever}
      </p>
      <div className={styles.acts}>
        <span className="grow s12 t2" role="status">
          {copied === true && words.settings.copied}
          {copied === false && words.settings.copyByHand}
        </span>
        <Button variant={copied ? "default" : "filled"} data-autofocus onClick={copy}>
          {words.settings.copy}
        </Button>
        <Button variant={copied ? "filled" : "default"} onClick={onDone}>
          {words.settings.done}
        </Button>
      </div>
    </div>
  );
}
