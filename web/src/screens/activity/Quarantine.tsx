/** Files that were kept aside: who may administer lets them in, or throws them away once asked again. */
import { Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useAdmit, useQuarantine } from "../../api/activity";
import { useCan } from "../../api/session";
import type { Quarantined } from "../../api/types";
import { Lines } from "../../ui/Skeletons";
import styles from "../../ui/ui.module.css";
import { words } from "../../words";
import { bytes, moment } from "../../words/format";
import { Discard } from "./Discard";
import { Section } from "./Section";

interface LetIn {
  id: string;
  name: string;
  asset: string | null;
}

export function Quarantine() {
  const quarantine = useQuarantine();
  const [letIn, setLetIn] = useState<LetIn[]>([]);
  const [leaving, setLeaving] = useState<Quarantined | null>(null);
  const files = quarantine.data;
  return (
    <Section title={words.activity.quarantine}>
      {quarantine.error && <p role="alert">{quarantine.error.message}</p>}
      {quarantine.isPending && <Lines lines={1} act={140} />}
      {files?.length === 0 && <p>{words.activity.noQuarantine}</p>}
      {files && files.length > 0 && <p>{words.activity.quarantineLead}</p>}
      {inPlace(files ?? [], letIn).map((line) =>
        "reason" in line ? (
          <FileLine
            key={line.id}
            file={line}
            onIn={(asset) => setLetIn((held) => [...held, { id: line.id, name: line.name, asset }])}
            onDiscard={() => setLeaving(line)}
          />
        ) : (
          <LetInLine key={line.id} {...line} />
        ),
      )}
      {quarantine.hasNextPage && (
        <p>
          <Button loading={quarantine.isFetchingNextPage} onClick={() => quarantine.fetchNextPage()}>
            {words.activity.moreQuarantine}
          </Button>
        </p>
      )}
      <Discard file={leaving} onClose={() => setLeaving(null)} />
    </Section>
  );
}

/** The newest first, as ids count. What was let in keeps its place: nothing else comes under a finger that presses
 *  twice. */
function inPlace(files: Quarantined[], letIn: LetIn[]): (Quarantined | LetIn)[] {
  const waiting = files.filter((file) => !letIn.some(({ id }) => id === file.id));
  return [...waiting, ...letIn].sort((one, other) => (one.id < other.id ? 1 : -1));
}

function LetInLine({ name, asset }: LetIn) {
  return (
    <div role="status" className={styles.line}>
      <span className="grow cut">{words.activity.isIn(name)}</span>
      {asset && (
        <Link className="link" to={`/assets/${asset}`}>
          {words.activity.show}
        </Link>
      )}
    </div>
  );
}

interface FileLineProps {
  file: Quarantined;
  /** Called with the asset that the file became. */
  onIn: (asset: string | null) => void;
  onDiscard: () => void;
}

function FileLine({ file, onIn, onDiscard }: FileLineProps) {
  const { administer } = useCan();
  const admit = useAdmit((arrival) => onIn(arrival.asset));
  return (
    <div className={`${styles.line} ${styles.wrapping}`}>
      <div className="grow">
        <div className="cut" title={file.path}>
          {file.name}
        </div>
        <div className="s12 t3">{file.reason}</div>
        {admit.error && (
          <div className="s12 no" role="alert">
            {admit.error.message}
          </div>
        )}
      </div>
      <span className="s12 t3">{bytes(file.bytes)}</span>
      <span className="s12 t3">{moment(file.at)}</span>
      <Tooltip label={words.activity.notAllowed} disabled={administer}>
        <span className="row">
          <Button disabled={!administer} loading={admit.isPending} onClick={() => admit.mutate(file.id)}>
            {words.activity.letIn}
          </Button>
          <Button
            c={administer ? "var(--dm-no)" : undefined}
            disabled={!administer || admit.isPending}
            onClick={onDiscard}
          >
            {words.activity.discard}
          </Button>
        </span>
      </Tooltip>
    </div>
  );
}
