/** Undoing an edit where the history tells of it, however long ago it was: unless one of its values was changed since. */
import { Tooltip } from "@mantine/core";
import { useUndoEdit } from "../../api/assets";
import { useCan } from "../../api/session";
import { words } from "../../words";
import { notUndone } from "./changes";

interface Props {
  /** The asset. */
  id: string;
  /** Number of the fact that states the edit. */
  edit: number;
  /** The fields that it changed, in words. */
  of: string;
}

export function UndoEdit({ id, edit, of }: Props) {
  const { edit: allowed } = useCan();
  const undoing = useUndoEdit(id);
  const act = () => allowed && !undoing.isPending && undoing.mutate(edit);
  return (
    <div>
      <Tooltip label={words.asset.readOnly} disabled={allowed}>
        <button
          type="button"
          className="link"
          aria-label={words.asset.undoOf(of)}
          aria-disabled={!allowed}
          aria-busy={undoing.isPending}
          onClick={act}
        >
          {words.asset.undo}
        </button>
      </Tooltip>
      <span className="s12 t3" role="status">
        {undoing.isSuccess && words.asset.undone}
      </span>
      {undoing.isError && (
        <span className="s12 no" role="alert">
          {notUndone(undoing.error)}
        </span>
      )}
    </div>
  );
}
