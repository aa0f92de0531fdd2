/** Making a key: what it may do in plain words, and until when. */
import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useMakeKey } from "../../api/keys";
import type { KeyScope } from "../../api/types";
import { words } from "../../words";
import { date } from "../../words/format";
import { endOf } from "./expiry";
import styles from "./Keys.module.css";
import { Secret } from "./Secret";

const SCOPES: KeyScope[] = ["read", "write", "download", "admin"];
const DAYS = [30, 90, 365];
const USUAL_DAYS = "90";

export function MakeKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const make = useMakeKey();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<KeyScope[]>(["read"]);
  const [days, setDays] = useState(USUAL_DAYS);
  const close = () => {
    make.reset();
    setName("");
    setScopes(["read"]);
    setDays(USUAL_DAYS);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name, scopes, expires_in_days: days === "" ? null : Number(days) });
  };
  const turn = (scope: KeyScope, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((each) => each !== scope));
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.settings.make}
      // What is shown once is not lost by a slip.
      closeOnClickOutside={!make.data}
      closeOnEscape={!make.data}
      closeButtonProps={{ "aria-label": words.close }}
    >
      {make.data ? (
        <Secret made={make.data} onDone={close} />
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
                description={words.settings.scopeWords[scope]}
                checked={scopes.includes(scope)}
                onChange={(event) => turn(scope, event.target.checked)}
              />
            ))}
          </fieldset>
          <NativeSelect
            label={words.settings.expires}
            description={
              days === ""
                ? words.settings.endsNever
                : words.settings.endsOn(date(endOf(Number(days), Date.now())))
            }
            inputWrapperOrder={["label", "input", "description", "error"]}
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
