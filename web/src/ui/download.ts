/** Saving: the browser fetches an address that answers with a name. */

export function save(url: string) {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}

/** Browsers drop downloads that start in the same instant. */
const APART_MS = 350;

export async function saveAll(urls: readonly string[]) {
  for (const url of urls) {
    save(url);
    await new Promise((done) => setTimeout(done, APART_MS));
  }
}
