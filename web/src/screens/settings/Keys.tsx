/** API keys: made, shown once, revoked. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useKeys, useRevokeKey } from "../../api/keys";
import type { Key } from "../../api/types";
import { Lines } from "../../ui/Skeletons";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";
import { date, moment } from "../../words/format";
import { hasEnded } from "./expiry";
import { MakeKey } from "./MakeKey";
import { SettingsPage } from "./SettingsPage";

export default function Keys() {
  const keys = useKeys();
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Key | null>(null);
  const revoke = useRevokeKey();
  return (
    <SettingsPage title={words.settings.keys} about={words.settings.keysLead}>
      <section className={styles.section} aria-label={words.settings.keys}>
        {keys.error && <p role="alert">{keys.error.message}</p>}
        {keys.isPending && <Lines lines={1} act={72} />}
        {keys.data?.length === 0 && <p>{words.settings.noKeys}</p>}
        {keys.data?.map((key) => (
          <div key={key.id} className={styles.line}>
            <div className="grow">
              <div className="cut">{key.name}</div>
              <div className="s12 t3">
                {key.scopes.map((scope) => words.settings.scopeNames[scope] ?? scope).join(", ")} ·{" "}
                {words.settings.created} {date(key.created)} · {words.settings.used}{" "}
                {key.last_used ? moment(key.last_used) : words.settings.neverUsed} ·{" "}
                <End expires={key.expires} />
              </div>
              {key.query && <div className="s12 t3 cut">{words.settings.heldTo(key.query)}</div>}
            </div>
            <Button c="var(--dm-no)" onClick={() => setLeaving(key)}>
              {words.settings.revoke}
            </Button>
          </div>
        ))}
        <p>
          <Button variant="filled" onClick={() => setMaking(true)}>
            {words.settings.make}
          </Button>
        </p>
      </section>
      <MakeKey opened={making} onClose={() => setMaking(false)} />
      <Modal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={words.settings.revoke}
        closeButtonProps={{ "aria-label": words.close }}
      >
        <p>{words.settings.revokeLead}</p>
        {revoke.error && (
          <p className="no" role="alert">
            {revoke.error.message}
          </p>
        )}
        <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <Button onClick={() => setLeaving(null)}>{words.cancel}</Button>
          <Button
            c="var(--dm-no)"
            loading={revoke.isPending}
            onClick={() => leaving && revoke.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
          >
            {words.settings.revokeSure(leaving?.name ?? "")}
          </Button>
        </div>
      </Modal>
    </SettingsPage>
  );
}

function End({ expires }: { expires: string | null }) {
  if (expires === null) return words.settings.endsNever;
  return hasEnded(expires, Date.now()) ? (
    <span className="no">{words.settings.ended(date(expires))}</span>
  ) : (
    words.settings.endsOn(date(expires))
  );
}
