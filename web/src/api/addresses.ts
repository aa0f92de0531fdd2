/** Addresses of bytes: renditions of a version, and originals. */

/** The square a ladder rung fits in, in pixels. */
export type Rung = 256 | 512 | 1024 | 2048;

export const renditionUrl = (version: string, recipe: string) =>
  `/i/${encodeURIComponent(version)}/${encodeURIComponent(recipe)}`;

export const rungUrl = (version: string, rung: Rung) => renditionUrl(version, `box-${rung}x${rung}.jpg`);

/** The largest picture that is shown, as the longest side of a box: beyond the ladder, made on first sight. Never
 *  the original, because every original that leaves is a fact of the library. */
export const LARGEST_SIDE = 4096;

export const largestUrl = (version: string) =>
  renditionUrl(version, `box-${LARGEST_SIDE}x${LARGEST_SIDE}.jpg`);

/** A document's page as a picture; pages count from 1. */
export const pageUrl = (version: string, page: number) => renditionUrl(version, `box-1024x1024-p${page}.jpg`);

/** The original of the current version, or of the one that is named. */
export const originalUrl = (asset: string, version?: string) =>
  `/api/v1/assets/${encodeURIComponent(asset)}/original${version ? `?${new URLSearchParams({ version })}` : ""}`;

export type PictureFormat = "jpg" | "png" | "webp" | "avif";

/** A copy no larger than `side` pixels either way, to be saved rather than shown. */
export const copyUrl = (version: string, side: number, format: PictureFormat) =>
  `${renditionUrl(version, `box-${side}x${side}.${format}`)}?download=1`;

/** The smallest rung that is at least as tall and wide as a cell on this screen. */
export function rungFor(longestSidePx: number, pixelRatio: number): Rung {
  const wanted = longestSidePx * pixelRatio;
  if (wanted <= 256) return 256;
  if (wanted <= 560) return 512;
  return wanted <= 1120 ? 1024 : 2048;
}
