/** A sound: its waveform is the picture. */
import { useRef, useState } from "react";
import { words } from "../words";
import styles from "./media.module.css";
import { usePeaks } from "./peaks";
import { Transport } from "./Transport";
import { framesIn, type Rate } from "./timecode";
import { useTransport } from "./useTransport";
import { Waveform } from "./Waveform";

/** Sound has no frames: hundredths of a second stand for them in timecode. */
const HUNDREDTHS: Rate = { numerator: 100, denominator: 1 };
const START = { frame: 0, drop: false };

interface Props {
  name: string;
  url: string;
  peaksUrl: string | null;
  /** The picture that comes with the sound, where there is one. */
  coverUrl: string | null;
  durationUs: number | null;
}

export function AudioPlayer({ name, url, peaksUrl, coverUrl, durationUs }: Props) {
  const element = useRef<HTMLAudioElement>(null);
  const [muted, setMuted] = useState(false);
  const state = useTransport(
    element,
    HUNDREDTHS,
    durationUs === null ? null : framesIn(durationUs, HUNDREDTHS),
    0,
  );
  const peaks = usePeaks(peaksUrl);
  // Whether a sound carries a picture is known only when it has come; until then, and without one, the wave is it.
  const [covered, setCovered] = useState(false);
  return (
    <div className={styles.player}>
      <div className={styles.sound}>
        {/* The original is what plays, and it leaves only when somebody listens: nothing is read before. */}
        <audio ref={element} src={url} aria-label={name} preload="none" muted={muted} />
        {coverUrl && (
          <img
            className={styles.cover}
            src={coverUrl}
            alt=""
            hidden={!covered}
            onLoad={() => setCovered(true)}
          />
        )}
        {peaks && !covered && (
          <Waveform
            peaks={peaks}
            share={state.frames > 1 ? state.frame / (state.frames - 1) : 0}
            height={200}
          />
        )}
        {state.failed && <p role="alert">{words.player.cannotPlay}</p>}
      </div>
      <Transport
        state={state}
        rate={HUNDREDTHS}
        start={START}
        strip={null}
        peaks={covered ? peaks : null}
        muted={muted}
        onMute={() => setMuted(!muted)}
        stepping={false}
      />
    </div>
  );
}
