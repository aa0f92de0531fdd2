/** A film: the browser's element, Damask's transport. */
import { useMemo, useRef, useState } from "react";
import { words } from "../words";
import { useStrip } from "./filmstrip";
import styles from "./media.module.css";
import { usePeaks } from "./peaks";
import { Transport } from "./Transport";
import { framesIn, type Rate, readTimecode } from "./timecode";
import { useTransport } from "./useTransport";

interface Props {
  name: string;
  url: string;
  poster: string;
  stripUrl: string | null;
  peaksUrl: string | null;
  ratio: number;
  rate: Rate;
  startTimecode: string | null;
  durationUs: number | null;
  startFrame: number;
  /** Tells where it was left, in whole frames. */
  onRest: (frame: number) => void;
}

export function VideoPlayer(props: Props) {
  const element = useRef<HTMLVideoElement>(null);
  const [muted, setMuted] = useState(false);
  const [first] = useState(props.startFrame);
  const frames = props.durationUs === null ? null : framesIn(props.durationUs, props.rate);
  const state = useTransport(element, props.rate, frames, first);
  const strip = useStrip(props.stripUrl, props.ratio);
  const peaks = usePeaks(props.peaksUrl);
  const start = useMemo(
    () =>
      (props.startTimecode ? readTimecode(props.startTimecode, props.rate) : null) ?? {
        frame: 0,
        drop: false,
      },
    [props.startTimecode, props.rate],
  );
  return (
    <div className={styles.player}>
      <div className={styles.screen}>
        <video
          ref={element}
          src={props.url}
          poster={props.poster}
          aria-label={props.name}
          preload="metadata"
          playsInline
          muted={muted}
          onClick={state.toggle}
          onPause={() => props.onRest(state.frame)}
        />
        {state.failed && <Coming url={props.url} element={element} />}
      </div>
      <Transport
        state={state}
        rate={props.rate}
        start={start}
        strip={strip}
        peaks={peaks}
        muted={muted}
        onMute={() => setMuted(!muted)}
        stepping
      />
    </div>
  );
}

/** The playable copy is made on first sight: the element failed, and a press asks again. */
function Coming({ url, element }: { url: string; element: { current: HTMLVideoElement | null } }) {
  return (
    <p className={styles.coming} role="status">
      {words.player.proxyComing}{" "}
      <button
        type="button"
        className="link"
        onClick={() => {
          if (!element.current) return;
          element.current.src = url;
          element.current.load();
        }}
      >
        {words.retry}
      </button>
    </p>
  );
}
