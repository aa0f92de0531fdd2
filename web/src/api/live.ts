/** How live events change what is already on the page. Pure: pages in, pages out; `app/events.ts` listens.
 *
 *  A fact never makes the page read everything again. The first page is read anew and laid over the old one;
 *  an asset on a later page is replaced where it stands. */
import type { Pages } from "./assets";
import type { AssetSummary, AssetView, Job, JobPage } from "./types";

/** Lays a fresh first page over the pages held. What stood below stays true, because a cursor names the last asset
 *  before it: wherever the fresh page ends among those held, the rest goes on from there. */
export function layFirstPage(held: Pages, fresh: Pages["pages"][number]): Pages {
  const last = fresh.items.at(-1);
  const alone = { pages: [fresh], pageParams: [null] };
  if (!last || fresh.next === null || held.pages.length <= 1) return alone;
  // So many may be gone that the fresh page ends on what was a later one.
  const at = held.pages.findIndex((page) => page.items.some((item) => item.id === last.id));
  const met = held.pages[at];
  // The fresh page ends with an asset that was on none of them: nothing tells where old ones begin.
  if (!met) return alone;
  const shown = new Set(fresh.items.map((item) => item.id));
  const cut = met.items.findIndex((item) => item.id === last.id);
  const rest = met.items.slice(cut + 1).filter((item) => !shown.has(item.id));
  const first = { ...fresh, items: [...fresh.items, ...rest], next: met.next };
  return {
    pages: [first, ...held.pages.slice(at + 1)],
    pageParams: [null, ...held.pageParams.slice(at + 1)],
  };
}

/** Takes assets out of a result: those after them move up, and the count goes down. */
export function withoutAssets(held: Pages, ids: ReadonlySet<string>): Pages {
  let gone = 0;
  const pages = held.pages.map((page) => {
    const items = page.items.filter((item) => !ids.has(item.id));
    gone += page.items.length - items.length;
    return items.length === page.items.length ? page : { ...page, items };
  });
  if (gone === 0) return held;
  return { ...held, pages: pages.map((page) => ({ ...page, total: Math.max(0, page.total - gone) })) };
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
    checkout,
    purge_at,
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
