/** The server refused before it had found anything: why, and the way back to all there is. */
import { Button } from "@mantine/core";
import type { Problem } from "../../api/client";
import { words } from "../../words";
import styles from "./Library.module.css";

export function Refused({ problem, onClear }: { problem: Problem; onClear: () => void }) {
  const silent = problem.status === 0;
  // What is wrong in a query is said at the query.
  const unreadable = problem.status === 422;
  return (
    <div className={styles.nothing} role={unreadable ? undefined : "alert"}>
      <h2>{silent ? words.noAnswer : unreadable ? words.library.unreadable : problem.message}</h2>
      {!silent && <Button onClick={onClear}>{words.library.clear}</Button>}
    </div>
  );
}
