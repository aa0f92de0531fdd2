/** By what a file is known while it is sent. The same file has the same identity tomorrow, so that an upload that
 *  broke off is gone on with; files that are held at one time differ all the same. */

interface Named {
  meta: { relativePath: string; replaces?: string };
  data?: object;
}

export function identityOf({ meta, data }: Named): string {
  const { size, lastModified } = (data ?? {}) as { size?: number; lastModified?: number };
  // What was begun for one asset must not be gone on with for another.
  const aim = meta.replaces ? [meta.replaces] : [];
  return [meta.relativePath, size, lastModified, ...aim].join("|");
}

/** The identity itself, or with a number behind it where that is taken. */
export function freeId(identity: string, taken: (id: string) => boolean): string {
  let id = identity;
  for (let number = 2; taken(id); number++) id = `${identity}|${number}`;
  return id;
}
