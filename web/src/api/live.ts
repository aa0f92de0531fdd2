/** How live events change what is already on the page. Pure: pages in, pages out; `app/events.ts` listens.
 *
 *  A fact never makes the page read everything again. The first page is read anew and laid over the old one;
 *  an asset on a later page is replaced where it stands. */
import type { Pages } from "./assets";
import type { AssetSummary, AssetView, Job, JobPage } from "./types";

/** Lays a fresh first page over the pages held. Later pages stay true, because a cursor names the last asset
 *  before it: what is new stands before that, and keeps standing in the first page. */
export function layFirstPage(held: Pages, fresh: Pages["pages"][number]): Pages {
  const old = held.pages[0];
  const last = fresh.items.at(-1);
  if (!old || !last || fresh.next === null || held.pages.length === 1) {
    return { pages: [fresh], pageParams: [null] };
  }
  const met = new Set(fresh.items.map((item) => item.id));
  const cut = old.items.findIndex((item) => item.id === last.id);
  // The fresh page ends with an asset that was not on the old one: nothing tells where old ones begin.
  if (cut < 0) return { pages: [fresh], pageParams: [null] };
  const rest = old.items.slice(cut + 1).filter((item) => !met.has(item.id));
  const first = { ...fresh, items: [...fresh.items, ...rest], next: old.next };
  return { pages: [first, ...held.pages.slice(1)], pageParams: held.pageParams };
}

/** Which of these ids stand on a page after the first. */
export function onLaterPages(held: Pages, ids: ReadonlySet<string>): string[] {
  return held.pages
    .slice(1)
    .flatMap((page) => page.items.filter((item) => ids.has(item.id)).map((item) => item.id));
}

/** Puts one asset's newest state where it stands. */
export function replaceAsset(held: Pages, asset: AssetSummary): Pages {
  let changed = false;
  const pages = held.pages.map((page) => {
    if (!page.items.some((item) => item.id === asset.id)) return page;
    changed = true;
    return { ...page, items: page.items.map((item) => (item.id === asset.id ? asset : item)) };
  });
  return changed ? { ...held, pages } : held;
}

/** A summary out of the whole view of an asset. */
export function summaryOf(view: AssetView): AssetSummary {
  const {
    folder,
    fields,
    probe,
    findings,
    versions,
    locations,
    hash,
    essence_hash,
    renditions,
    text,
    more,
    ...summary
  } = view;
  return summary;
}

/** A job's news laid over a list of jobs; `null` when the list does not hold it and must be read again. */
export function layJob(held: JobPage, news: Pick<Job, "id" | "state" | "progress">): JobPage | null {
  const known = held.items.find((job) => job.id === news.id);
  if (!known || known.state !== news.state) return null;
  const items = held.items.map((job) => (job.id === news.id ? { ...job, progress: news.progress } : job));
  return { ...held, items };
}
