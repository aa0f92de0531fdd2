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
  return (
    <div className={styles.player}>
      <div className={styles.sound}>
        <audio ref={element} src={url} aria-label={name} preload="metadata" muted={muted} />
        {coverUrl && <img className={styles.cover} src={coverUrl} alt="" />}
        {peaks && !coverUrl && (
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
        peaks={coverUrl ? peaks : null}
        muted={muted}
        onMute={() => setMuted(!muted)}
        stepping={false}
      />
    </div>
  );
}
