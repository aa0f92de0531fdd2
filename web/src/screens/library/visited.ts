/** The asset that was open last: on the way back to the library the focus returns to it. */

let last: string | null = null;

export function visit(id: string) {
  last = id;
}

/** Answers once: the focus moves on from there. */
export function takeVisited(): string | null {
  const id = last;
  last = null;
  return id;
}
