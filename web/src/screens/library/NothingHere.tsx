/** A result without assets that is no failed search: the empty trash, and a library of which all lies there. */
import { Button } from "@mantine/core";
import styles from "./Library.module.css";

interface Props {
  title: string;
  lead?: string;
  act: string;
  onAct: () => void;
}

export function NothingHere({ title, lead, act, onAct }: Props) {
  return (
    <div className={styles.nothing} role="status">
      <h1>{title}</h1>
      {lead && <p className="t2">{lead}</p>}
      <Button onClick={onAct}>{act}</Button>
    </div>
  );
}
