/** Files out of a drop or a file dialog, folders opened, each with its path. */

export interface Dropped {
  file: File;
  /** Relative, with `/` between folders; the name alone when there is no folder. */
  path: string;
}

/** What the operating system leaves in folders and nobody means to add. */
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

export function fromList(list: FileList): Dropped[] {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name })).filter(meant);
}

const meant = ({ file }: Dropped) => !LITTER.has(file.name);

/** Must be called while the drop event is handled: its items are gone afterwards. */
export async function fromDrop(transfer: DataTransfer): Promise<Dropped[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: Dropped[] = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ file: entry, path: entry.name });
    else if (entry) await open(entry, found);
  }
  return found.filter(meant);
}

async function open(entry: FileSystemEntry, found: Dropped[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) =>
      (entry as FileSystemFileEntry).file(done, failed),
    ).catch(() => null);
    if (file) found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  if (!entry.isDirectory) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader answers at most 100 entries at a time in Chromium, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) =>
      reader.readEntries(done, failed),
    ).catch(() => []);
    if (some.length === 0) return;
    for (const each of some) await open(each, found);
  }
}
