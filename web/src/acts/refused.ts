/** What an act on several assets left as it was, in words: which one, and who or what was in the way. */
import type { QueryClient } from "@tanstack/react-query";
import { readAsset } from "../api/assets";
import type { Several } from "../api/types";
import { words } from "../words";
import { count, moment } from "../words/format";

/** Refusals that are told one by one; of more, their number. */
const TOLD_MAX = 3;

type Refused = Several["refused"];

export async function whyRefused(cache: QueryClient, refused: Refused): Promise<string[]> {
  const told = await Promise.all(refused.slice(0, TOLD_MAX).map((each) => whyOne(cache, each)));
  const rest = refused.length - told.length;
  return rest > 0 ? [...told, words.trash.andMore(count(rest))] : told;
}

async function whyOne(cache: QueryClient, { asset, code, detail }: Refused[number]): Promise<string> {
  const held = await cache.fetchQuery({ ...readAsset(asset), staleTime: 0 }).catch(() => null);
  const checkout = held?.asset.checkout;
  if (code === "checked-out" && held && checkout)
    return words.trash.heldBy(held.asset.name, checkout.name ?? words.asset.someone, moment(checkout.at));
  return held ? `${held.asset.name}: ${detail}` : detail;
}
