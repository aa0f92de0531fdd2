/** Numbers, sizes, times and dates by the reader's locale (Intl). UI.md: exact counts, thin space before a unit,
 *  true minus and en dash, `×` with spaces. */

export const THIN = "\u2009";
const locale = () => (typeof navigator === "undefined" ? "en" : navigator.language);
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${JSON.stringify(options)}`;
  const held = made.get(key);
  if (held instanceof Intl.NumberFormat) return held;
  const fresh = new Intl.NumberFormat(locale(), options);
  made.set(key, fresh);
  return fresh;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${JSON.stringify(options)}`;
  const held = made.get(key);
  if (held instanceof Intl.DateTimeFormat) return held;
  const fresh = new Intl.DateTimeFormat(locale(), options);
  made.set(key, fresh);
  return fresh;
}

/** A whole number, grouped: `48,213`; a negative one with a true minus. */
export const count = (value: number) => numbers({ maximumFractionDigits: 0 }).format(value).replace("-", "−");

export const percent = (share: number) =>
  numbers({ style: "percent", maximumFractionDigits: 0 }).format(share);

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in decimal units, three digits at most after rounding: `8.2 MB`. */
export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000;
    unit++;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1;
  return `${numbers({ maximumFractionDigits: digits }).format(size)}${THIN}${SIZES[unit]}`;
}

/** Pixels: `6000 × 4200`. */
export const pixels = (width: number, height: number) => `${width} × ${height}`;

const MEASURES: Record<string, (value: number) => string> = {
  width: (value) => `${count(value)}${THIN}px`,
  height: (value) => `${count(value)}${THIN}px`,
  duration: (value) => `${decimal(value)}${THIN}s`,
  frame_rate: (value) => `${decimal(value)}${THIN}fps`,
  sample_rate: (value) => `${count(value)}${THIN}Hz`,
  focal_length: (value) => `${decimal(value)}${THIN}mm`,
  aperture: (value) => `ƒ/${decimal(value)}`,
  exposure_time: (value) =>
    value > 0 && value < 0.3 ? `1/${count(Math.round(1 / value))}${THIN}s` : `${decimal(value)}${THIN}s`,
};
const decimal = (value: number) => numbers({ maximumFractionDigits: 3 }).format(value);

/** What was measured, with its unit: `ƒ/5.6`, `1/60 s`; `null` for a field that has none. */
export const measure = (field: string, value: number): string | null => MEASURES[field]?.(value) ?? null;

/** A duration as on a thumbnail: `0:42`, `12:05`, `1:02:05`. */
export function duration(us: number): string {
  const seconds = Math.round(us / 1_000_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Time taken: `38 ms`, `1.2 s`. */
export function took(us: number): string {
  const ms = us / 1000;
  if (ms < 1000) return `${numbers({ maximumFractionDigits: ms < 9.5 ? 1 : 0 }).format(ms)}${THIN}ms`;
  return `${numbers({ maximumFractionDigits: 1 }).format(ms / 1000)}${THIN}s`;
}

/** Time to go, roughly: `16 s`, `11 min`, `2 h`. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${count(Math.max(1, Math.ceil(seconds)))}${THIN}s`;
  if (seconds < 90 * 60) return `${count(Math.round(seconds / 60))}${THIN}min`;
  return `${count(Math.round(seconds / 3600))}${THIN}h`;
}

/** The day of a heading: `Saturday 14 November`, with the year when it is not this one. */
export function day(key: string, thisYear = new Date().getFullYear()): string {
  const date = new Date(`${key}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return key;
  const year = Number(key.slice(0, 4)) === thisYear ? {} : ({ year: "numeric" } as const);
  return dates({ weekday: "long", day: "numeric", month: "long", timeZone: "UTC", ...year }).format(date);
}

/** The day an instant falls on, as people where it was taken say it: the zone in the text is kept. */
export const dayKey = (instant: string) => instant.slice(0, 10);

export function month(key: string): string {
  const date = new Date(`${key.length === 4 ? `${key}-01` : key}-01T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? key
    : dates(
        key.length === 4
          ? { year: "numeric", timeZone: "UTC" }
          : { month: "short", year: "numeric", timeZone: "UTC" },
      ).format(date);
}

/** Date and time of something Damask saw happen, in the reader's zone. */
export const moment = (instant: string) => {
  const date = new Date(instant);
  return Number.isNaN(date.getTime())
    ? instant
    : dates({ dateStyle: "medium", timeStyle: "short" }).format(date);
};

/** The day alone of an instant, in the reader's zone. */
export const date = (instant: string) => {
  const held = new Date(instant);
  return Number.isNaN(held.getTime()) ? instant : dates({ dateStyle: "long" }).format(held);
};

/** Date and time of a capture, at the clock of the camera. */
export function localMoment(instant: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?))?/.exec(instant);
  if (!match) return instant;
  const date = new Date(`${match[1]}T${match[2] ?? "00:00"}Z`);
  return dates(
    match[2]
      ? { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }
      : { dateStyle: "medium", timeZone: "UTC" },
  ).format(date);
}
