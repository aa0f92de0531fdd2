/** The toast: what was done, and Undo for eight seconds; held while one points at it or is in it. */
import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { MOD, useKeys } from "../ui/keys";
import { dismiss, tell, useNotice } from "../ui/notices";
import { words } from "../words";
import styles from "./Frame.module.css";

const SHOWN_MS = 8000;

export function Toast() {
  const notice = useNotice();
  const [resting, setResting] = useState(false);
  const [undoing, setUndoing] = useState(false);
  // One that was closed under the pointer says nothing of the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each notice is rested on anew
  useEffect(() => setResting(false), [notice?.key]);
  const stays = (notice?.refused?.length ?? 0) > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each notice has its own time
  useEffect(() => {
    if (!notice || resting || stays || undoing) return;
    const timer = setTimeout(dismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice?.key, resting, stays, undoing]);
  const undo = async () => {
    if (!notice?.undo || undoing) return;
    setUndoing(true);
    const said = await notice.undo();
    setUndoing(false);
    setResting(false);
    if (said === null) dismiss();
    else tell({ text: said });
  };
  useKeys({ "Mod+z": undo }, notice?.undo !== undefined);
  return (
    <div role="status" className={styles.toasts}>
      {notice && (
        // biome-ignore lint/a11y/noStaticElementInteractions: resting on the toast only holds it
        <div
          className={`${styles.toast} pop`}
          onPointerEnter={() => setResting(true)}
          onPointerLeave={() => setResting(false)}
          onFocus={() => setResting(true)}
          onBlur={() => setResting(false)}
        >
          <div className={styles.said}>
            <p>{notice.text}</p>
            {notice.refused?.map((line) => (
              <p key={line} className="s12 t2">
                {line}
              </p>
            ))}
          </div>
          {notice.undo && (
            <Button
              variant="subtle"
              data-accent
              c="var(--dm-accent)"
              aria-busy={undoing}
              rightSection={<kbd aria-hidden>{MOD} Z</kbd>}
              onClick={undo}
            >
              {words.undo.act}
            </Button>
          )}
          {(stays || !notice.undo) && (
            <ActionIcon aria-label={words.close} onClick={dismiss}>
              <IconX size={16} stroke={1.6} />
            </ActionIcon>
          )}
        </div>
      )}
    </div>
  );
}
