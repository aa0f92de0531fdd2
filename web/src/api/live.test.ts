import { describe, expect, it } from "vitest";
import type { Pages } from "./assets";
import { layFirstPage, layJob, onLaterPages, replaceAsset, summaryOf, withoutAssets } from "./live";
import type { AssetPage, AssetSummary, AssetView, Job } from "./types";

const asset = (id: string, name = id): AssetSummary => ({
  id,
  name,
  kind: "image",
  state: "new",
  version: `v${id}`,
  media_type: "image/jpeg",
  bytes: 1,
  width: 3,
  height: 2,
  duration_us: null,
  page_count: null,
  placeholder: null,
  colour: null,
  captured: null,
  added: "2026-11-22T00:00:00Z",
  title: null,
  previewed: false,
  failed: false,
  trashed: null,
  checked_out_by: null,
});
const page = (ids: string, next: string | null, total = 99): AssetPage => ({
  items: [...ids].map((id) => asset(id)),
  total,
  took_us: 1,
  next,
  sort: "-added",
  facets: {},
  seq: 1,
});
const pages = (...list: AssetPage[]): Pages => ({
  pages: list,
  pageParams: list.map((_, index) => (index ? String(index) : null)),
});
const ids = (held: Pages) => held.pages.map((each) => each.items.map((item) => item.id).join(""));

describe("a fresh first page over those held", () => {
  it("puts new assets on top and keeps what stood below, with the old cursor", () => {
    const laid = layFirstPage(pages(page("abcd", "d"), page("efgh", null)), page("XYab", "b", 101));
    expect(ids(laid)).toEqual(["XYabcd", "efgh"]);
    expect(laid.pages[0]).toMatchObject({ next: "d", total: 101 });
  });

  it("lets assets go that no longer match", () => {
    expect(ids(layFirstPage(pages(page("abcd", "d"), page("efgh", null)), page("acde", "e")))).toEqual([
      "acdefgh",
    ]);
    expect(ids(layFirstPage(pages(page("abcd", "d"), page("efgh", null)), page("acd", "d")))).toEqual([
      "acd",
      "efgh",
    ]);
  });

  it("goes on from a later page when so many are gone that it ends there", () => {
    const held = pages(page("abcd", "d"), page("efgh", "h"), page("ijkl", null));
    const laid = layFirstPage(held, page("aefg", "g", 9));
    expect(ids(laid)).toEqual(["aefgh", "ijkl"]);
    expect(laid.pages[0]).toMatchObject({ next: "h", total: 9 });
    expect(laid.pageParams).toEqual([null, "2"]);
  });

  it("is all there is when it is the last", () => {
    expect(ids(layFirstPage(pages(page("abcd", "d"), page("efgh", null)), page("ab", null)))).toEqual(["ab"]);
  });

  it("replaces a single page, and an empty result", () => {
    expect(ids(layFirstPage(pages(page("", null)), page("a", null)))).toEqual(["a"]);
    expect(ids(layFirstPage(pages(page("a", null)), page("", null)))).toEqual([""]);
  });

  it("starts again when so much is new that it does not meet the old one", () => {
    expect(ids(layFirstPage(pages(page("ab", "b"), page("cd", null)), page("XY", "Y")))).toEqual(["XY"]);
  });

  it("never shows an asset twice", () => {
    const laid = layFirstPage(pages(page("abcd", "d"), page("ef", null)), page("caXb", "b"));
    const all = ids(laid).join("");
    expect(new Set(all).size).toBe(all.length);
  });
});

it("an asset on a later page is replaced where it stands, and only its page changes", () => {
  const held = pages(page("ab", "b"), page("cd", null));
  expect(onLaterPages(held, new Set(["a", "d"]))).toEqual(["d"]);
  const next = replaceAsset(held, asset("d", "renamed"));
  expect(next.pages[1]?.items[1]?.name).toBe("renamed");
  expect(next.pages[0]).toBe(held.pages[0]);
  expect(replaceAsset(held, asset("z"))).toBe(held);
});

it("the summary of a whole asset is what a list holds of it, and no more", () => {
  const view: AssetView = {
    ...asset("a"),
    folder: null,
    fields: [],
    probe: { audio: [], colours: [] },
    findings: [],
    versions: [],
    locations: [],
    hash: "",
    essence_hash: null,
    renditions: [],
    text: false,
    more: true,
    checkout: null,
    purge_at: null,
  };
  expect(summaryOf(view)).toEqual(asset("a"));
});

it("a job's progress is laid over the list; a change of state asks for the list anew", () => {
  const job: Job = {
    id: "j",
    kind: "proxy",
    lane: "bulk",
    resource: "cpu",
    state: "running",
    subject: null,
    asset: null,
    progress: null,
    attempts: 1,
    error: null,
    created: "",
    started: null,
  };
  const held = { items: [job], next: null, more: false, counts: { waiting: 0, running: 1, dead: 0 } };
  expect(
    layJob(held, { id: "j", state: "running", progress: { done: 3, of: 9 } })?.items[0]?.progress?.done,
  ).toBe(3);
  expect(layJob(held, { id: "j", state: "done", progress: null })).toBeNull();
  expect(layJob(held, { id: "k", state: "running", progress: null })).toBeNull();
});

it("assets that leave a result close the gap and are counted out", () => {
  const held = pages(page("abcd", "d", 9), page("efgh", null, 9));
  const left = withoutAssets(held, new Set(["b", "c", "e", "z"]));
  expect(ids(left)).toEqual(["ad", "fgh"]);
  expect(left.pages.map((each) => each.total)).toEqual([6, 6]);
  expect(withoutAssets(held, new Set(["z"]))).toBe(held);
});
