/** The transport of a media element: playing both ways, speed, and whole frames. The element's clock is read here;
 *  everyone else gets frames. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { frameAt, type Rate, secondsOf } from "./timecode";

/** What J and L go through. */
const SPEEDS = [1, 2, 4, 8];

export interface Transport {
  frame: number;
  /** Frames in all; 1 until the element knows. */
  frames: number;
  playing: boolean;
  /** Negative backwards. */
  speed: number;
  failed: boolean;
  toggle: () => void;
  seek: (frame: number) => void;
  /** L (1) and J (−1): plays that way, and faster each time. */
  shuttle: (way: 1 | -1) => void;
  pause: () => void;
  setSpeed: (speed: number) => void;
}

export function useTransport(
  element: RefObject<HTMLMediaElement | null>,
  rate: Rate,
  framesKnown: number | null,
  start: number,
): Transport {
  const [frame, setFrame] = useState(start);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeedState] = useState(1);
  const [failed, setFailed] = useState(false);
  const [measured, setMeasured] = useState<number | null>(null);
  const backwards = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  const frames = framesKnown ?? measured ?? 1;

  const halt = useCallback(() => {
    clearInterval(backwards.current);
    backwards.current = undefined;
  }, []);
  const pause = useCallback(() => {
    halt();
    element.current?.pause();
    setPlaying(false);
  }, [element, halt]);
  const seek = useCallback(
    (to: number) => {
      const target = Math.max(0, Math.min(frames - 1, to));
      setFrame(target);
      if (element.current) element.current.currentTime = secondsOf(target, rate);
    },
    [element, frames, rate],
  );
  const run = useCallback(
    (next: number) => {
      const media = element.current;
      if (!media) return;
      halt();
      setSpeedState(next);
      if (next > 0) {
        media.playbackRate = next;
        media.play().catch(() => setPlaying(false));
        return;
      }
      // No browser plays backwards: it is sent back some frames at a time.
      media.pause();
      setPlaying(true);
      backwards.current = setInterval(() => {
        media.currentTime = Math.max(0, media.currentTime + next / 10);
        if (media.currentTime <= 0) pause();
      }, 100);
    },
    [element, halt, pause],
  );

  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const tell = () => setFrame(frameAt(media.currentTime, rate));
    let next = 0;
    const watch = () => {
      tell();
      next = requestAnimationFrame(watch);
    };
    const listeners: [string, () => void][] = [
      [
        "play",
        () => {
          setPlaying(true);
          cancelAnimationFrame(next);
          watch();
        },
      ],
      [
        "pause",
        () => {
          if (!backwards.current) setPlaying(false);
          cancelAnimationFrame(next);
          tell();
        },
      ],
      ["seeked", tell],
      ["error", () => setFailed(true)],
      [
        "loadedmetadata",
        () => {
          setFailed(false);
          if (Number.isFinite(media.duration))
            setMeasured(Math.max(1, Math.round((media.duration * rate.numerator) / rate.denominator)));
          if (start > 0) media.currentTime = secondsOf(start, rate);
        },
      ],
    ];
    for (const [name, act] of listeners) media.addEventListener(name, act);
    if (media.error) setFailed(true);
    return () => {
      cancelAnimationFrame(next);
      clearInterval(backwards.current);
      for (const [name, act] of listeners) media.removeEventListener(name, act);
    };
  }, [element, rate, start]);

  return {
    frame: Math.min(frame, frames - 1),
    frames,
    playing,
    speed,
    failed,
    pause,
    seek,
    toggle: () => (playing ? pause() : run(Math.max(0.25, Math.abs(speed)))),
    shuttle: (way) => {
      const same = playing && Math.sign(speed) === way;
      const at = SPEEDS.indexOf(Math.abs(speed));
      run(way * (same ? (SPEEDS[Math.min(SPEEDS.length - 1, at + 1)] ?? 1) : 1));
    },
    setSpeed: (next) => {
      setSpeedState(next);
      if (playing) run(next);
      else if (element.current) element.current.playbackRate = next;
    },
  };
}
