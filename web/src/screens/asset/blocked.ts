/** Why nothing of an asset can be changed now: by right, because it lies in the trash, or because someone else works
 *  on it. */
import { useCan, useMe } from "../../api/session";
import type { AssetSummary, Checkout } from "../../api/types";
import { words } from "../../words";

type Seen = Pick<AssetSummary, "trashed"> & { checkout: Checkout | null };

export const whoHas = (checkout: Pick<Checkout, "name">) => checkout.name ?? words.asset.someone;

/** `me`: the caller's own account. */
export function blockedBy({ trashed, checkout }: Seen, me: string | null): string | null {
  if (trashed !== null) return words.trash.reason;
  return checkout && checkout.by !== me ? words.checkout.reason(whoHas(checkout)) : null;
}

export function useBlocked(asset: Seen): string | null {
  const { edit } = useCan();
  const me = useMe().data?.user?.id ?? null;
  return edit ? blockedBy(asset, me) : words.asset.readOnly;
}

/** Whether the caller has it checked out. */
export function useIsMine({ checkout }: Pick<Seen, "checkout">): boolean {
  const me = useMe().data?.user?.id;
  return checkout !== null && checkout.by === me;
}
