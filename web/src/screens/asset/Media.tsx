/** Which player an asset gets, and the arrows to its neighbours. */
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { LARGEST_SIDE, largestUrl, originalUrl, pageUrl, renditionUrl, rungUrl } from "../../api/addresses";
import { usePageText } from "../../api/assets";
import { mayBePictured, usePictured } from "../../api/renditions";
import type { AssetView } from "../../api/types";
import { comparison } from "../../api/versions";
import { AudioPlayer } from "../../media/AudioPlayer";
import { Pages } from "../../media/Pages";
import { readRate } from "../../media/timecode";
import { VideoPlayer } from "../../media/VideoPlayer";
import { type Source, ZoomPicture } from "../../media/ZoomPicture";
import { KindIcon } from "../../ui/KindIcon";
import { words } from "../../words";
import type { Around } from "./Asset";
import styles from "./Asset.module.css";
import { type Blank, blankOf, obstacles } from "./blank";
import { probeOf } from "./facts";
import { seenAs } from "./seenAs";

interface Props {
  asset: AssetView;
  version: string;
  page: number;
  frame: number;
  textShown: boolean;
  onPut: (name: string, value: string | null) => void;
  around: Around;
  onGo: (id: string | null) => void;
}

/** A film whose rate nobody could read is stepped through as if it were this. */
const USUAL_RATE = { numerator: 25, denominator: 1 };

export function Media(props: Props) {
  const { around, onGo } = props;
  return (
    <div className={styles.media}>
      {props.version === props.asset.version ? <Player {...props} /> : <Earlier {...props} />}
      {around.previous && (
        <button
          type="button"
          className={`${styles.side} ${styles.before}`}
          aria-label={words.asset.previous}
          title={`${words.asset.previous} (←)`}
          onClick={() => onGo(around.previous)}
        >
          <IconChevronLeft size={20} stroke={1.6} />
        </button>
      )}
      {around.next && (
        <button
          type="button"
          className={`${styles.side} ${styles.after}`}
          aria-label={words.asset.next}
          title={`${words.asset.next} (→)`}
          onClick={() => onGo(around.next)}
        >
          <IconChevronRight size={20} stroke={1.6} />
        </button>
      )}
    </div>
  );
}

/** Why the version that is looked at is not shown. */
function blankHere(asset: AssetView): Blank | null {
  const blank = blankOf(asset);
  // These have something to play or to read without a picture.
  const heard = asset.kind === "audio" || (asset.kind === "document" && asset.text);
  const seen = asset.kind === "video" && (!asset.previewed || has(asset, "proxy-540.mp4"));
  return blank !== "empty" && (heard || seen) ? null : blank;
}

/** An earlier version as what it is: it may be of other measures, and of another kind. */
function Earlier(props: Props) {
  const { asset, version } = props;
  const seen = asset.versions.find((each) => each.id === version);
  const measured = useQuery(comparison(asset.id, seen?.number ?? 0, seen?.number ?? 0)).data;
  const pictured = usePictured({ version, previewed: true });
  if (!measured || pictured === null) return null;
  return <Player {...props} asset={seenAs(asset, measured.from, pictured)} />;
}

function Player(props: Props) {
  const { asset, version } = props;
  const { kind, width, height } = asset;
  const blank = blankHere(asset);
  if (blank) return <Blanked asset={asset} blank={blank} />;
  if (kind === "video") return <Film {...props} />;
  if (kind === "audio") {
    return (
      <AudioPlayer
        name={asset.name}
        url={originalUrl(asset.id, version)}
        peaksUrl={has(asset, "peaks.json") ? renditionUrl(version, "peaks.json") : null}
        durationUs={asset.duration_us}
        coverUrl={mayBePictured(asset) ? rungUrl(version, 1024) : null}
      />
    );
  }
  if (kind === "document" && (asset.previewed || asset.text)) return <Document {...props} />;
  if (asset.previewed)
    return (
      <Picture asset={asset} version={version} size={{ width: width || 2048, height: height || 1536 }} />
    );
  return <Blanked asset={asset} blank={kind === "image" ? "coming" : "pictureless"} />;
}

/** What is said where nothing can be shown, with what was found. */
function Blanked({ asset, blank }: { asset: AssetView; blank: Blank }) {
  const why = blank === "undecoded" ? obstacles(asset.findings) : [];
  return (
    <div className={styles.blank}>
      <KindIcon kind={asset.kind} size={64} />
      <p>{words.asset.blanks(blank, asset.kind)}</p>
      {why.map(({ code, detail }) => (
        <p key={code + detail} className="s12 t3">
          {words.findings[code].long} {detail}
        </p>
      ))}
    </div>
  );
}

const has = (asset: AssetView, rendition: string) => asset.renditions.includes(rendition);

function Picture({
  asset,
  version,
  size,
}: {
  asset: AssetView;
  version: string;
  size: { width: number; height: number };
}) {
  const longest = Math.max(size.width, size.height);
  const sources: Source[] = [
    { url: rungUrl(version, 512), side: Math.min(512, longest) },
    { url: rungUrl(version, 2048), side: Math.min(2048, longest) },
  ];
  if (longest > 2048) sources.push({ url: largestUrl(version), side: Math.min(LARGEST_SIDE, longest) });
  return (
    <>
      <ZoomPicture name={asset.title ?? asset.name} picture={size} sources={sources} />
      <Hints />
    </>
  );
}

/** The keys in use, where they act. */
function Hints() {
  return (
    <div className={styles.keys} aria-hidden>
      <span>
        <kbd>←</kbd>
        <kbd>→</kbd> {words.asset.keyNext}
      </span>
      <span>
        <kbd>Z</kbd> {words.asset.keyActual}
      </span>
      <span>
        <kbd>I</kbd> {words.asset.keyPanel}
      </span>
      <span>
        <kbd>Esc</kbd> {words.asset.keyBack}
      </span>
    </div>
  );
}

function Film({ asset, version, frame, onPut }: Props) {
  const probe = probeOf(asset.probe);
  const rateText = JSON.stringify(probe.rate);
  const rate = useMemo(() => readRate(JSON.parse(rateText ?? "null")) ?? USUAL_RATE, [rateText]);
  return (
    <VideoPlayer
      name={asset.name}
      url={renditionUrl(version, "proxy-540.mp4")}
      poster={rungUrl(version, 1024)}
      stripUrl={has(asset, "filmstrip.jpg") ? renditionUrl(version, "filmstrip.jpg") : null}
      peaksUrl={has(asset, "peaks.json") ? renditionUrl(version, "peaks.json") : null}
      ratio={asset.width && asset.height ? asset.width / asset.height : 16 / 9}
      rate={rate}
      startTimecode={probe.startTimecode}
      durationUs={asset.duration_us}
      startFrame={frame}
      onRest={(at) => onPut("frame", at > 0 ? String(at) : null)}
    />
  );
}

function Document({ asset, version, page, textShown, onPut }: Props) {
  // What has pages is drawn; of other documents some are, and plain text is not.
  const paged = asset.page_count !== null;
  const asked = usePictured({ version, previewed: asset.previewed && !paged });
  const pictured = paged ? asset.previewed : asked === true;
  const pages = Math.max(1, asset.page_count ?? 1);
  const shown = Math.min(pages, Math.max(1, Math.trunc(page)));
  const open = textShown || !pictured;
  const text = usePageText(asset.id, shown, open && asset.text);
  return (
    <Pages
      name={asset.name}
      page={shown}
      pages={pages}
      url={pictured ? pageUrl(version, shown) : null}
      text={asset.text ? (text.data ?? null) : ""}
      textProblem={text.error?.message ?? null}
      textShown={open}
      onPage={(to) => onPut("page", to > 1 ? String(to) : null)}
      onText={asset.text && pictured ? () => onPut("text", textShown ? null : "1") : null}
    />
  );
}
