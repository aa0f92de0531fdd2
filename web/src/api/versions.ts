/** Versions of an asset: which one is current, what differs between two, and who works on it. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { noteAct } from "./acted";
import { editedOf, useTakeEdited } from "./assets";
import { api, ask, whole } from "./client";

/** Two versions beside each other, by their numbers; of one beside itself, what was measured of it. */
export function comparison(id: string, from: number, to: number) {
  return queryOptions({
    queryKey: ["comparison", id, from, to],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/assets/{id}/comparison", {
          params: { path: { id }, query: { from, to } },
          signal,
        }),
      ),
  });
}

type Act =
  | { kind: "promote"; version: string }
  | { kind: "check-out"; note: string }
  | { kind: "check-in"; take: boolean };

/** What is done with an asset as a whole. Answers the number of the fact that states it. */
export function useAct(id: string) {
  const take = useTakeEdited(id);
  return useMutation({
    mutationFn: async (act: Act) => editedOf(await whole(send(id, act))),
    onSuccess: (edited) => {
      noteAct(edited.edit);
      take(edited);
    },
  });
}

function send(id: string, act: Act) {
  const path = { id };
  if (act.kind === "promote") {
    const body = { version: act.version };
    return api.PUT("/api/v1/assets/{id}/current-version", { params: { path }, body });
  }
  if (act.kind === "check-out") {
    return api.PUT("/api/v1/assets/{id}/checkout", { params: { path }, body: { note: act.note } });
  }
  const query = act.take ? { take: true } : {};
  return api.DELETE("/api/v1/assets/{id}/checkout", { params: { path, query } });
}
