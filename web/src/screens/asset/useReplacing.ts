/** Asks for the file that becomes the new version of an asset. */
import type { AssetView } from "../../api/types";
import { useAssetActs } from "./useAssetActs";

export function useReplacing(asset: AssetView): () => void {
  const { replace } = useAssetActs(asset);
  return () => {
    const input = document.createElement("input");
    input.type = "file";
    input.hidden = true;
    input.onchange = () => {
      const file = input.files?.[0];
      input.remove();
      if (file) replace(file);
    };
    input.oncancel = () => input.remove();
    // Some browsers forget a field that stands nowhere while its dialog is open.
    document.body.append(input);
    input.click();
  };
}
