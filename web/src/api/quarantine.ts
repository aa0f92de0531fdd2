/** Files that wait for a person: listed by reason, looked at, let in, thrown away, replaced. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import { api, ask, Problem } from "./client";
import { FOLDERS } from "./folders";
import type { Arrival, ProblemBody, Quarantined, QuarantinePage } from "./types";

export const QUARANTINE = ["quarantine"] as const;

/** Files that wait, the newest first; with a code only those that wait for that reason. */
export function quarantinePages(code = "") {
  return infiniteQueryOptions({
    queryKey: [...QUARANTINE, code],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(pageParam ? { after: pageParam } : {}), ...(code ? { code } : {}) };
      return ask(api.GET("/api/v1/quarantine", { params: { query }, signal }));
    },
    getNextPageParam: (last) => last.next,
    select: filesOf,
  });
}

const filesOf = (held: InfiniteData<QuarantinePage, string | null>): Quarantined[] =>
  held.pages.flatMap((page) => page.items);

/** A small picture of a file that waits. Not there of all. */
export const glanceUrl = (id: string) => `/api/v1/quarantine/${encodeURIComponent(id)}/preview`;

export const admitFile = (id: string): Promise<Arrival> =>
  ask(api.POST("/api/v1/quarantine/{id}/admit", { params: { path: { id } } }));

export const discardFile = (id: string) =>
  ask(api.POST("/api/v1/quarantine/{id}/discard", { params: { path: { id } } }));

/** Brings a file in the place of one that waits. `fetch` does not say how far it is, so it is the older way. */
export function replaceFile(id: string, file: File, tell: (share: number) => void): Promise<Arrival> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/v1/quarantine/${encodeURIComponent(id)}/file`);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 1);
    request.onerror = () => failed(new Problem(0, {}));
    request.onload = () => {
      const { status, response } = request;
      if (status === 201) done(response as Arrival);
      else failed(new Problem(status, (response ?? {}) as Partial<ProblemBody>));
    };
    request.send(file);
  });
}

/** Also after a refusal, which often says that somebody else was faster. What was let in may be found, counted and in
 *  a folder of its own; what was thrown away never was. */
export function afterAct(cache: QueryClient, act: "admit" | "discard") {
  const found = act === "admit" ? [["assets"], ["facet"], ["count"], FOLDERS] : [];
  const stale: QueryKey[] = [QUARANTINE, ["status"], ...found];
  return Promise.all(stale.map((queryKey) => cache.invalidateQueries({ queryKey })));
}
