/** Lists that come in pages, and what is read anew after somebody acted on the quarantine. */
import { QueryClient } from "@tanstack/react-query";
import { afterEach, describe, expect, it, vi } from "vitest";
import { pageText } from "./assets";
import { api } from "./client";
import { folderPages } from "./folders";
import { afterAct, quarantinePages } from "./quarantine";
import type { Folder, Quarantined } from "./types";

/** The server answers with these, one after the other; what it is asked is answered. */
function serve(...answers: unknown[]) {
  const asked: { path: string; params: { path?: unknown; query?: unknown } }[] = [];
  vi.spyOn(api, "GET").mockImplementation((async (path: string, options: { params: object }) => {
    asked.push({ path, params: options.params });
    return { data: answers.shift(), response: new Response() };
  }) as never);
  return asked;
}

const folder = (name: string): Folder => ({ id: `id of ${name}`, name, path: name });
const file = (name: string): Quarantined => ({
  id: name,
  name,
  path: name,
  code: "type-refused",
  reason: "",
  bytes: 1,
  at: "",
});

afterEach(() => vi.restoreAllMocks());

describe("the folders of a level", () => {
  const read = async (parent: string | null) => {
    const options = folderPages(parent);
    const data = await new QueryClient().fetchInfiniteQuery({ ...options, pages: 9 });
    return options.select?.(data).map(({ name }) => name);
  };

  it("go on at the cursor of the page before, until there is none", async () => {
    const asked = serve(
      { items: [folder("a"), folder("b")], next: "after b" },
      { items: [folder("c")], next: null },
    );
    expect(await read("above")).toEqual(["a", "b", "c"]);
    expect(asked.map(({ params }) => params.query)).toEqual([
      { parent: "above" },
      { parent: "above", after: "after b" },
    ]);
  });

  it("at the root have no parent", async () => {
    const asked = serve({ items: [], next: null });
    expect(await read(null)).toEqual([]);
    expect(asked.map(({ params }) => params.query)).toEqual([{}]);
  });
});

it("files in quarantine beyond the first page can be read", async () => {
  const asked = serve({ items: [file("a")], next: "a" }, { items: [file("b")], next: null });
  const options = quarantinePages();
  const data = await new QueryClient().fetchInfiniteQuery({ ...options, pages: 9 });
  expect(options.select?.(data).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(asked.map(({ params }) => params.query)).toEqual([{}, { after: "a" }]);
});

describe("the text of a page", () => {
  it("is asked for alone, and kept apart from that of other pages", async () => {
    const cache = new QueryClient();
    const asked = serve(
      { pages: [{ page: 2, text: "second" }], next: null },
      { pages: [{ page: 3, text: "third" }], next: null },
    );
    expect(await cache.fetchQuery(pageText("asset", 2))).toBe("second");
    expect(await cache.fetchQuery(pageText("asset", 3))).toBe("third");
    expect(cache.getQueryData(pageText("asset", 2).queryKey)).toBe("second");
    expect(asked.map(({ params }) => params)).toEqual([
      { path: { id: "asset" }, query: { page: 2 } },
      { path: { id: "asset" }, query: { page: 3 } },
    ]);
  });

  it("is empty where the page has none", async () => {
    serve({ pages: [], next: null });
    expect(await new QueryClient().fetchQuery(pageText("asset", 1))).toBe("");
  });
});

describe("after an act on the quarantine", () => {
  const KEYS = [["quarantine"], ["status"], ["assets", "", "-added"], ["folders", null], ["jobs", "dead"]];
  const staleAfter = async (act: "admit" | "discard") => {
    const cache = new QueryClient();
    for (const key of KEYS) cache.setQueryData(key, {});
    await afterAct(cache, act);
    return KEYS.filter((key) => cache.getQueryState(key)?.isInvalidated).map(([name]) => name);
  };

  it("a file let in changes the quarantine, the counts and all that may show it", async () => {
    expect(await staleAfter("admit")).toEqual(["quarantine", "status", "assets", "folders"]);
  });

  it("a file thrown away changes the quarantine and the counts alone", async () => {
    expect(await staleAfter("discard")).toEqual(["quarantine", "status"]);
  });
});
