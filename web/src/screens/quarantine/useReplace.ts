/** Bringing a better file in the place of one that waits. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { afterAct, replaceFile } from "../../api/quarantine";
import type { Arrival, Quarantined } from "../../api/types";

interface Replacing {
  file: Quarantined;
  better: File;
}

export function useReplace(onDone: (file: Quarantined, arrival: Arrival) => void) {
  const cache = useQueryClient();
  const [share, setShare] = useState(0);
  const sending = useMutation({
    mutationFn: ({ file, better }: Replacing) => replaceFile(file.id, better, setShare),
    onMutate: () => setShare(0),
    onSuccess: (arrival, { file }) => onDone(file, arrival),
    onSettled: () => afterAct(cache, "admit"),
  });
  return { sending, share };
}

/** Asks the person for one file. */
export function chooseFile(onFile: (file: File) => void) {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.addEventListener("change", () => {
    const [file] = chooser.files ?? [];
    if (file) onFile(file);
  });
  chooser.click();
}
