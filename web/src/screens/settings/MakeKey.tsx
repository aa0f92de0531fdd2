/** Making a key. Its secret is shown here once, and then nowhere. */
import { Button, Checkbox, CopyButton, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useMakeKey } from "../../api/keys";
import type { KeyScope } from "../../api/types";
import { words } from "../../words";
import styles from "./Keys.module.css";

const SCOPES: KeyScope[] = ["read", "write", "download", "admin"];
const DAYS = [30, 90, 365];

export function MakeKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const make = useMakeKey();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<KeyScope[]>(["read"]);
  const [days, setDays] = useState("90");
  const close = () => {
    make.reset();
    setName("");
    setScopes(["read"]);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name, scopes, expires_in_days: days === "" ? null : Number(days) });
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.settings.make}
      closeOnClickOutside={!make.data}
      closeButtonProps={{ "aria-label": words.close }}
    >
      {make.data ? (
        <div className={styles.form}>
          <p>{words.settings.made}</p>
          <code className={styles.secret}>{make.data.secret}</code>
          <div className={styles.acts}>
            <CopyButton value={make.data.secret}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{copied ? words.settings.copied : words.settings.copy}</Button>
              )}
            </CopyButton>
            <Button variant="filled" onClick={close}>
              {words.settings.done}
            </Button>
          </div>
        </div>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          <TextInput
            label={words.settings.name}
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <fieldset className={styles.scopes}>
            <legend>{words.settings.scopes}</legend>
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                size="xs"
                label={words.settings.scopeNames[scope]}
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(
                    event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
                  )
                }
              />
            ))}
          </fieldset>
          <NativeSelect
            label={words.settings.expires}
            value={days}
            onChange={(event) => setDays(event.target.value)}
            data={[
              ...DAYS.map((each) => ({ value: String(each), label: words.settings.days(each) })),
              { value: "", label: words.settings.never },
            ]}
          />
          {make.error && (
            <p className="no" role="alert">
              {make.error.message}
            </p>
          )}
          <div className={styles.acts}>
            <Button onClick={close}>{words.cancel}</Button>
            <Button type="submit" variant="filled" disabled={scopes.length === 0} loading={make.isPending}>
              {words.settings.make}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
