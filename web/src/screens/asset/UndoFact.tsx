/** Undoing what the history tells of, however long ago it was: unless it was changed since. */
import { Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { notUndone, useUndoFacts } from "../../acts/undo";
import { words } from "../../words";

interface Props {
  /** Number of the fact. */
  fact: number;
  /** What pressing it does, in words. */
  label: string;
  /** Whether there is something to undo. */
  stands: boolean;
  /** Why it cannot be undone now. */
  blocked: string | null;
}

export function UndoFact({ fact, label, stands, blocked }: Props) {
  const undo = useUndoFacts();
  const undoing = useMutation({ mutationFn: () => undo([fact]) });
  const allowed = blocked === null;
  const act = () => allowed && !undoing.isPending && undoing.mutate();
  const [refused] = undoing.data?.refused ?? [];
  const why = undoing.error ?? (refused ? { message: refused.detail } : null);
  // An act on several assets is undone as a whole.
  const others = (undoing.data?.done.length ?? 0) - 1;
  return (
    <div>
      {stands && (
        <Tooltip label={blocked} disabled={allowed}>
          <button
            type="button"
            className="link"
            aria-label={label}
            aria-disabled={!allowed}
            aria-busy={undoing.isPending}
            onClick={act}
          >
            {words.undo.act}
          </button>
        </Tooltip>
      )}
      <span className="s12 t3" role="status">
        {undoing.isSuccess && !why && (others > 0 ? words.undo.doneWith(others) : words.undo.done)}
      </span>
      {why && (
        <span className="s12 no" role="alert">
          {notUndone(why)}
        </span>
      )}
    </div>
  );
}
