/** What a refused search leaves on show: the result before it, which must not be taken for the answer. */
import type { Problem } from "../../api/client";
import { words } from "../../words";

type Refusal = Pick<Problem, "status" | "message">;

/** The query itself is at fault: what is wrong is said where it is. Anything else is said over the result. */
export const isUnreadable = ({ status }: Refusal) => status === 400 || status === 422;

/** Why there is no answer. */
export function whyNot(problem: Refusal): string {
  if (problem.status === 0) return words.noAnswer;
  return isUnreadable(problem) ? words.library.unreadable : problem.message;
}

/** What stands below instead, named by the query that found it. */
export const insteadOf = (query: string) =>
  query.trim() === "" ? words.library.wholeStill : words.library.foundStill(query.trim());
