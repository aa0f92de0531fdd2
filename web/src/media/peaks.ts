/** A waveform's peaks: pairs of the least and the greatest sample, each −128 to 127. */
import { useEffect, useState } from "react";

export interface Peaks {
  peaks: readonly number[];
}

/** Reads peaks from an address; `null` until they are there, and when there are none. */
export function usePeaks(url: string | null): Peaks | null {
  const [held, setHeld] = useState<Peaks | null>(null);
  useEffect(() => {
    setHeld(null);
    if (!url) return;
    const stop = new AbortController();
    fetch(url, { signal: stop.signal })
      .then((response) => (response.ok ? response.json() : null))
      .then((body: unknown) => setHeld(lawful(body)))
      .catch(() => {
        // Without peaks the player has no waveform, and says nothing of it.
      });
    return () => stop.abort();
  }, [url]);
  return held;
}

function lawful(body: unknown): Peaks | null {
  if (typeof body !== "object" || body === null || !("peaks" in body) || !Array.isArray(body.peaks))
    return null;
  return { peaks: body.peaks.filter((peak) => typeof peak === "number") };
}

export interface Column {
  low: number;
  high: number;
}

/** The loudest of each column of the drawing, as shares of full scale (−1 to 1). */
export function columns({ peaks }: Peaks, wanted: number): Column[] {
  const pairs = Math.floor(peaks.length / 2);
  if (pairs === 0 || wanted <= 0) return [];
  return Array.from({ length: wanted }, (_, column) => {
    const from = Math.floor((column * pairs) / wanted);
    const to = Math.max(from + 1, Math.floor(((column + 1) * pairs) / wanted));
    let low = 0;
    let high = 0;
    for (let pair = from; pair < to; pair++) {
      low = Math.min(low, (peaks[2 * pair] ?? 0) / 128);
      high = Math.max(high, (peaks[2 * pair + 1] ?? 0) / 127);
    }
    return { low, high };
  });
}
