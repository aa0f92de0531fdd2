/** Puts a text on the clipboard. Browsers give the clipboard only to pages that came over https or from this machine;
 *  for others there is the old command, and last the person's own hand: then the text is left selected. */
export async function copyText(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!shown) return false;
    getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
