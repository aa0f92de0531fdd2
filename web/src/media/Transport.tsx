/** The controls under a film or a sound: timecode, transport, speed, ruler with filmstrip and waveform. */
import { ActionIcon, NativeSelect } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import type { CSSProperties, PointerEvent } from "react";
import { useKeys } from "../ui/keys";
import { words } from "../words";
import type { Strip } from "./filmstrip";
import styles from "./media.module.css";
import type { Peaks } from "./peaks";
import { type Rate, type Start, timecode } from "./timecode";
import type { Transport as State } from "./useTransport";
import { Waveform } from "./Waveform";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];
const WAVE_PX = 60;

interface Props {
  state: State;
  rate: Rate;
  start: Start;
  strip: Strip | null;
  peaks: Peaks | null;
  muted: boolean;
  onMute: () => void;
  /** Sound has no frames to step through. */
  stepping: boolean;
}

export function Transport({ state, rate, start, strip, peaks, muted, onMute, stepping }: Props) {
  const code = (frame: number) => timecode(start.frame + frame, rate, start.drop);
  const step = (by: number) => {
    state.pause();
    state.seek(state.frame + by);
  };
  useKeys({
    Space: state.toggle,
    k: state.toggle,
    j: () => state.shuttle(-1),
    l: () => state.shuttle(1),
    ",": () => step(-1),
    ".": () => step(1),
    Home: () => state.seek(0),
    End: () => state.seek(state.frames - 1),
    m: onMute,
  });
  return (
    <div className={styles.transport} role="toolbar" aria-label={words.player.label}>
      <div className={styles.controls}>
        <span className={styles.timecode} role="timer" aria-label={words.player.timecode}>
          {code(state.frame)}
        </span>
        <span className="grow" />
        {stepping && (
          <Act
            label={words.player.back}
            hint=","
            icon={<IconPlayerTrackPrev size={15} stroke={1.5} />}
            onClick={() => step(-1)}
          />
        )}
        <Act
          label={state.playing ? words.player.pause : words.player.play}
          hint="Space"
          icon={state.playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
          onClick={state.toggle}
        />
        {stepping && (
          <Act
            label={words.player.forward}
            hint="."
            icon={<IconPlayerTrackNext size={15} stroke={1.5} />}
            onClick={() => step(1)}
          />
        )}
        <span className="grow" />
        <Act
          label={muted ? words.player.unmute : words.player.mute}
          hint="M"
          icon={muted ? <IconVolumeOff size={16} stroke={1.5} /> : <IconVolume size={16} stroke={1.5} />}
          onClick={onMute}
        />
        <NativeSelect
          aria-label={words.player.speed}
          w={80}
          size="xs"
          value={state.speed}
          onChange={(event) => state.setSpeed(Number(event.target.value))}
          data={[...new Set([...SPEEDS, state.speed])]
            .sort((a, b) => a - b)
            .map((speed) => ({ value: String(speed), label: words.player.times(speed) }))}
        />
        <span className={styles.length}>{code(state.frames)}</span>
      </div>
      <Ruler state={state} code={code} strip={strip} peaks={peaks} />
    </div>
  );
}

function Act({
  label,
  hint,
  icon,
  onClick,
}: {
  label: string;
  hint: string;
  icon: React.ReactNode;
  onClick: () => void;
}) {
  return (
    <ActionIcon aria-label={label} title={`${label} (${hint})`} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}

/** The whole length as one slider, over its pictures and its sound. */
function Ruler({
  state,
  code,
  strip,
  peaks,
}: {
  state: State;
  code: (frame: number) => string;
  strip: Strip | null;
  peaks: Peaks | null;
}) {
  const share = state.frames > 1 ? state.frame / (state.frames - 1) : 0;
  const point = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget.getBoundingClientRect();
    state.seek(Math.round(((event.clientX - edge.x) / edge.width) * (state.frames - 1)));
  };
  return (
    <div className={styles.ruler}>
      <div
        className={styles.track}
        role="slider"
        tabIndex={0}
        aria-label={words.player.position}
        aria-valuemin={0}
        aria-valuemax={state.frames - 1}
        aria-valuenow={state.frame}
        aria-valuetext={code(state.frame)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={(event) => event.buttons === 1 && point(event)}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          state.seek(state.frame + by);
        }}
      >
        {strip && (
          <div
            className={styles.film}
            style={{ backgroundImage: `url("${strip.url}")`, "--frames": strip.frames } as CSSProperties}
            aria-hidden
          />
        )}
        {peaks && <Waveform peaks={peaks} share={share} height={WAVE_PX} />}
        {!strip && !peaks && <div className={styles.bare} aria-hidden />}
        <i className={styles.head} style={{ left: `${share * 100}%` }} aria-hidden />
      </div>
    </div>
  );
}
