/** Technical facts of an asset in words. The probe is open: what is not known here is left out, not guessed. */
import type { AssetView } from "../../api/types";
import { readRate } from "../../media/timecode";
import { words } from "../../words";
import { bytes, count, duration, moment, pixels, THIN } from "../../words/format";

interface Stream {
  codec: string | null;
  text: string[];
}
export interface Probe {
  rate: unknown;
  startTimecode: string | null;
  container: string | null;
  profile: string | null;
  orientation: number | null;
  colours: string[];
  video: Stream | null;
  audio: Stream[];
}

type Open = Record<string, unknown>;
const open = (value: unknown): Open | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Open) : null;
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
const number = (value: unknown) => (typeof value === "number" ? value : null);

export function probeOf(probe: Open): Probe {
  const video = open(probe.video);
  const audio = Array.isArray(probe.audio) ? probe.audio.map(open).filter((each) => each !== null) : [];
  return {
    rate: video?.rate ?? null,
    startTimecode: text(probe.start_timecode),
    container: text(probe.container),
    profile: text(probe.colour_profile),
    orientation: number(probe.orientation),
    colours: Array.isArray(probe.colours) ? probe.colours.map(text).filter((each) => each !== null) : [],
    video: video && {
      codec: text(video.codec),
      text: [rateText(video.rate), text(video.pixel_format) ?? ""].filter(Boolean),
    },
    audio: audio.map((each) => ({
      codec: text(each.codec),
      text: [text(each.layout) ?? "", hertz(number(each.sample_rate_hz)), text(each.language) ?? ""].filter(
        Boolean,
      ),
    })),
  };
}

function rateText(value: unknown): string {
  const rate = readRate(value);
  return rate ? `${Number((rate.numerator / rate.denominator).toFixed(3))}${THIN}fps` : "";
}

const hertz = (value: number | null) => (value ? `${Number((value / 1000).toFixed(1))}${THIN}kHz` : "");

const streamText = (stream: Stream) => [stream.codec ?? "", ...stream.text].filter(Boolean).join(", ");

/** What the file of an asset, or of one of its versions, says of itself. */
type File = Pick<
  AssetView,
  "name" | "media_type" | "bytes" | "width" | "height" | "page_count" | "duration_us" | "probe" | "hash"
>;

/** Pairs for the page, without those that do not apply. */
export function factPairs(file: File): [string, string][] {
  const probe = probeOf(file.probe);
  const said = words.asset.factNames;
  return told([
    [said.name, file.name],
    [said.type, file.media_type],
    [said.bytes, `${bytes(file.bytes)} (${count(file.bytes)}${THIN}B)`],
    [said.measures, file.width && file.height ? pixels(file.width, file.height) : null],
    [said.pages, file.page_count ? count(file.page_count) : null],
    [said.duration, file.duration_us === null ? null : duration(file.duration_us)],
    [said.start_timecode, probe.startTimecode],
    [said.video, probe.video && streamText(probe.video)],
    [said.audio, probe.audio.map(streamText).join("; ") || null],
    [said.container, probe.container],
    [said.colour_profile, probe.profile],
    [said.orientation, probe.orientation === null ? null : String(probe.orientation)],
    [said.hash, file.hash],
  ]);
}

/** The same of an asset, with what it is in the library. */
export function factsOf(asset: AssetView): [string, string][] {
  const said = words.asset.factNames;
  const kind = words.kinds[asset.kind] ?? asset.kind;
  const file = factPairs(asset).map(([name, value]): [string, string] =>
    name === said.type ? [name, `${kind}, ${value}`] : [name, value],
  );
  const library = told([
    [said.folder, asset.folder?.path ?? null],
    [said.added, moment(asset.added)],
    [said.essence, asset.essence_hash],
  ]);
  return [...file, ...library];
}

const told = (pairs: [string, string | null][]) =>
  pairs.filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== "");
