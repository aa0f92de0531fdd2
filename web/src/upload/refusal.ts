/** What the server said when it did not take an upload. A tus error quotes the whole exchange; the words are in its
 *  body. */
import type { ProblemBody } from "../api/types";

interface Answered {
  originalResponse?: { getStatus?: () => number; getBody?: () => string } | null;
}

export function problemOf(error: unknown): Partial<ProblemBody> {
  const body = (error as Answered | null)?.originalResponse?.getBody?.();
  try {
    return JSON.parse(body ?? "") as Partial<ProblemBody>;
  } catch {
    return {};
  }
}

export function wordsOf(error: Error): string {
  const { detail, title, hint } = problemOf(error);
  if (detail && hint) return `${detail} (${hint})`;
  return detail ?? title ?? error.message.split(", originated from request")[0] ?? error.message;
}

/** Conflicts that pass by themselves: another request writes, or the offset has to be asked for anew. Any other
 *  refusal stays one, however often it is tried. */
const PASSING = ["offset-conflict", "upload-busy"];

export function maybeTryAgain(error: unknown): boolean {
  const status = (error as Answered | null)?.originalResponse?.getStatus?.() ?? 0;
  if (status !== 409 && status !== 423) return true;
  const { code } = problemOf(error);
  return code === undefined || PASSING.includes(code);
}
