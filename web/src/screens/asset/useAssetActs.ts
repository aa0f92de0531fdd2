/** What is done with an asset as a whole: each act says what it did, and how it is undone. */
import { useTrash } from "../../acts/trash";
import { useUndoToast } from "../../acts/undo";
import type { AssetView, VersionView } from "../../api/types";
import { useAct } from "../../api/versions";
import { tell } from "../../ui/notices";
import { addFiles } from "../../upload/add";
import { words } from "../../words";

export function useAssetActs(asset: AssetView) {
  const act = useAct(asset.id);
  const trash = useTrash();
  const undo = useUndoToast();
  const doing = async (what: Parameters<typeof act.mutateAsync>[0], said: string) => {
    try {
      const { edit } = await act.mutateAsync(what);
      tell({ text: said, undo: () => undo([edit]) });
    } catch (cause) {
      tell({ text: cause instanceof Error ? cause.message : words.failed });
    }
  };
  return {
    busy: act.isPending,
    promote: (version: VersionView) =>
      doing({ kind: "promote", version: version.id }, words.versions.promoted(version.number)),
    checkOut: (note: string) => doing({ kind: "check-out", note }, words.checkout.out(asset.name)),
    checkIn: (take: boolean) => doing({ kind: "check-in", take }, words.checkout.back(asset.name)),
    replace: (file: File) => addFiles([{ file, path: file.name }], { replaces: asset.id }),
    /** Answers whether it is there now. */
    trash: async () => (await trash("trash", [asset.id], asset.name)).length > 0,
    restore: async () => (await trash("restore", [asset.id], asset.name)).length > 0,
  };
}
