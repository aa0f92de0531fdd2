/** A file that waits: why, and what can be done with it. */
import { Button, Checkbox, Tooltip } from "@mantine/core";
import { type RefObject, useEffect, useRef } from "react";
import { useCan } from "../../api/session";
import type { Arrival, Quarantined } from "../../api/types";
import { ProgressLine } from "../../ui/ProgressLine";
import { words } from "../../words";
import { bytes, moment } from "../../words/format";
import { Glance } from "./Glance";
import styles from "./Quarantine.module.css";
import { reasonOf } from "./reason";
import { chooseFile, useReplace } from "./useReplace";

export interface LineActs {
  onFocus: () => void;
  onSelect: (on: boolean) => void;
  onLook: () => void;
  onAdmit: () => void;
  onDiscard: () => void;
  onReplaced: (file: Quarantined, arrival: Arrival) => void;
}

interface Props extends LineActs {
  file: Quarantined;
  /** Whether the keys of the screen act on it. */
  current: boolean;
  selected: boolean;
  looked: boolean;
  busy: boolean;
  /** Where the line leaves what the key for replacing does. */
  replacing: RefObject<(() => void) | null>;
}

export function FileLine({ file, current, selected, looked, busy, replacing, ...acts }: Props) {
  const { administer } = useCan();
  const line = useRef<HTMLLIElement>(null);
  const { sending, share } = useReplace(acts.onReplaced);
  const reason = reasonOf(file);
  const replace = () => {
    if (administer && !sending.isPending) chooseFile((better) => sending.mutate({ file, better }));
  };
  useEffect(() => {
    if (current) replacing.current = replace;
  });
  // Only when it becomes the current one: what has the focus later keeps it.
  useEffect(() => {
    if (current && !line.current?.contains(document.activeElement)) line.current?.focus();
  }, [current]);
  return (
    <li
      ref={line}
      tabIndex={current ? 0 : -1}
      className={styles.file}
      aria-current={current || undefined}
      onFocus={acts.onFocus}
    >
      <Checkbox
        size="xs"
        className={styles.tick}
        aria-label={words.quarantine.select(file.name)}
        checked={selected}
        onChange={(event) => acts.onSelect(event.target.checked)}
      />
      <div className={styles.about}>
        <div className="cut" title={words.quarantine.came(file.path)}>
          {file.name}
        </div>
        <div className="s12 t2">
          <b>{reason.short}</b> · {file.reason}
        </div>
        {reason.long !== file.reason && <div className="s12 t2">{reason.long}</div>}
        <div className="s12 t3">
          {bytes(file.bytes)} · {moment(file.at)}
        </div>
        {sending.isPending && (
          <ProgressLine label={words.quarantine.replacing(sending.variables.better.name)} share={share} />
        )}
        {sending.error && (
          <div className="s12 no" role="alert">
            {sending.error.message || words.noAnswer}
          </div>
        )}
        {looked && <Glance file={file} />}
      </div>
      <Tooltip label={words.quarantine.notAllowed} disabled={administer}>
        <span className={styles.acts}>
          <Button
            variant="subtle"
            aria-expanded={looked}
            aria-label={looked ? words.quarantine.lookAway : words.quarantine.lookAt(file.name)}
            onClick={acts.onLook}
          >
            {words.quarantine.look}
          </Button>
          <Button
            disabled={!administer || busy || sending.isPending}
            aria-label={words.quarantine.letInOf(file.name)}
            onClick={acts.onAdmit}
          >
            {words.quarantine.letIn}
          </Button>
          <Button
            title={words.quarantine.replaceHint}
            disabled={!administer || busy || sending.isPending}
            aria-label={words.quarantine.replaceOf(file.name)}
            onClick={replace}
          >
            {words.quarantine.replace}
          </Button>
          <Button
            c={administer ? "var(--dm-no)" : undefined}
            disabled={!administer || busy || sending.isPending}
            aria-label={words.quarantine.discardOf(file.name)}
            onClick={acts.onDiscard}
          >
            {words.quarantine.discard}
          </Button>
        </span>
      </Tooltip>
    </li>
  );
}
