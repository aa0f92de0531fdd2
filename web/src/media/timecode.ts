/** Timecode (SMPTE ST 12-1) for the player. Times are whole frames at a rate; a media element's seconds are turned
 *  into frames here and nowhere else. */

export interface Rate {
  numerator: number;
  denominator: number;
}

/** Frames a second as people call them: 24 for 24000/1001. */
export const nominal = ({ numerator, denominator }: Rate) => Math.round(numerator / denominator);

/** Drop-frame labels exist only for 30000/1001 and its multiples. */
export const mayDrop = (rate: Rate) => rate.denominator === 1001 && nominal(rate) % 30 === 0;

/** The rate of a probe or a field: `[30000, 1001]`, `"30000/1001"`, `25` or `{numerator, denominator}`. */
export function readRate(value: unknown): Rate | null {
  if (typeof value === "number") return lawful(value, 1);
  if (typeof value === "string") {
    const match = /^(\d+)(?:\/(\d+))?$/.exec(value.trim());
    return match ? lawful(Number(match[1]), Number(match[2] ?? 1)) : null;
  }
  if (Array.isArray(value)) return lawful(value[0], value[1]);
  if (typeof value === "object" && value !== null && "numerator" in value && "denominator" in value) {
    return lawful(value.numerator, value.denominator);
  }
  return null;
}

function lawful(numerator: unknown, denominator: unknown): Rate | null {
  const whole = Number.isInteger(numerator) && Number.isInteger(denominator);
  return whole && Number(numerator) > 0 && Number(denominator) > 0
    ? { numerator: Number(numerator), denominator: Number(denominator) }
    : null;
}

/** The frame that a media element shows. Elements report the frame's start with an error of microseconds. */
export const frameAt = (seconds: number, rate: Rate) =>
  Math.max(0, Math.floor((seconds * rate.numerator) / rate.denominator + 1e-3));

/** Where to send an element for a frame: its middle, so that rounding cannot show the neighbour. */
export const secondsOf = (frame: number, rate: Rate) => ((frame + 0.5) * rate.denominator) / rate.numerator;

/** The whole frames of a duration. */
export const framesIn = (durationUs: number, rate: Rate) =>
  Math.max(1, Math.round((durationUs / 1_000_000) * (rate.numerator / rate.denominator)));

export interface Start {
  frame: number;
  drop: boolean;
}

/** A start timecode as a frame count, or `null` when it is none at this rate. */
export function readTimecode(text: string, rate: Rate): Start | null {
  const match = /^(\d{2}):(\d{2}):(\d{2})([:;.])(\d{2,3})$/.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, seconds, frames] = [match[1], match[2], match[3], match[5]].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const base = nominal(rate);
  const drop = match[4] !== ":" && mayDrop(rate);
  if (minutes > 59 || seconds > 59 || frames >= base) return null;
  const label = ((hours * 60 + minutes) * 60 + seconds) * base + frames;
  if (!drop) return { frame: label, drop };
  // ST 12-1: labels 0 and 1 (of 30; 0 to 3 of 60) are skipped each minute, except every tenth.
  const skipped = base / 15;
  if (seconds === 0 && frames < skipped && minutes % 10 !== 0) return null;
  const minute = hours * 60 + minutes;
  return { frame: label - skipped * (minute - Math.floor(minute / 10)), drop };
}

/** `HH:MM:SS:FF`, with `;` before the frames in drop-frame. Wraps at 24 hours, as labels do. */
export function timecode(frame: number, rate: Rate, drop = false): string {
  const base = nominal(rate);
  const dropping = drop && mayDrop(rate);
  const day = 24 * 3600 * base - (dropping ? (base / 15) * (24 * 60 - 144) : 0);
  let label = ((Math.trunc(frame) % day) + day) % day;
  if (dropping) label = withSkips(label, base);
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(label / base);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${clock}${dropping ? ";" : ":"}${two(label % base)}`;
}

function withSkips(frame: number, base: number): number {
  const skipped = base / 15;
  const minute = base * 60 - skipped;
  const tenMinutes = minute * 10 + skipped;
  const tens = Math.floor(frame / tenMinutes);
  const rest = frame % tenMinutes;
  // The first minute of ten keeps all its labels.
  const minutes = rest < base * 60 ? 0 : Math.floor((rest - base * 60) / minute) + 1;
  return frame + skipped * (tens * 9 + minutes);
}
