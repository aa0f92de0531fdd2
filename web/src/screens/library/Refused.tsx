/** The server refused: in the place of a result, why, and the way back to all there is; over the result before it,
 *  that it is not the answer; over a result that ends early, that it does. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../../api/client";
import { words } from "../../words";
import styles from "./Library.module.css";
import { insteadOf, isUnreadable, whyNot } from "./refusal";

interface Props {
  problem: Problem;
  onClear: () => void;
}

export function Refused({ problem, onClear }: Props) {
  return (
    <div className={styles.nothing} role={isUnreadable(problem) ? undefined : "alert"}>
      <h2>{whyNot(problem)}</h2>
      {problem.status !== 0 && <Button onClick={onClear}>{words.library.clear}</Button>}
    </div>
  );
}

interface NotTheAnswerProps {
  problem: Problem;
  /** The query that found what is still on show. */
  before: string;
  onBack: () => void;
}

export function NotTheAnswer({ problem, before, onBack }: NotTheAnswerProps) {
  const why = whyNot(problem);
  return (
    <Bar role="status" act={words.library.toFound} onAct={onBack}>
      {why}
      {why.endsWith(".") ? "" : "."} {insteadOf(before)}
    </Bar>
  );
}

/** A page that follows could not be read. */
export function NotReadOn({ onAgain }: { onAgain: () => void }) {
  return (
    <Bar role="alert" act={words.library.readOn} onAct={onAgain}>
      {words.library.notReadOn}
    </Bar>
  );
}

interface BarProps {
  role: "status" | "alert";
  act: string;
  onAct: () => void;
  children: ReactNode;
}

/** What has to be known of the result below, and the one thing to do about it. */
function Bar({ role, act, onAct, children }: BarProps) {
  return (
    <div className={styles.stale} role={role}>
      <i aria-hidden />
      <span className="grow">{children}</span>
      <Button variant="subtle" onClick={onAct}>
        {act}
      </Button>
    </div>
  );
}
