/** What is computed of the places: how far a pass is, and whether they can be swapped. */
import type { Place } from "../../api/types";

/** The server counts no more damaged files than these. */
export const FAULTS_COUNTED = 10_000;

/** How far a pass is, by bytes where there are some. What waits in quarantine and older versions are kept too and are
 *  not in the library's count, so it may come to its end late: never more than all. */
export function shareOf(
  pass: { files: number; bytes: number },
  all: { assets: number; bytes: number },
): number {
  const share = all.bytes > 0 ? pass.bytes / all.bytes : all.assets > 0 ? pass.files / all.assets : 0;
  return Math.min(1, share);
}

/** Whether the second place has everything, as far as the page knows; the server looks again. */
export function canSwap(places: readonly Place[]): boolean {
  const second = places.find(({ rank }) => rank === "second");
  return second?.filled === true && second.faults === 0 && second.trouble === null;
}
