/** A filmstrip is one picture: frames of 160 px height side by side, evenly spread over the film. */
import { useEffect, useState } from "react";

export const STRIP_PX = 160;

export interface Strip {
  url: string;
  /** Width of the whole strip and of one of its frames, in its own pixels. */
  width: number;
  frameWidth: number;
  frames: number;
}

/** How many frames a strip of this width holds, when a film has these proportions. */
export function stripFrames(width: number, ratio: number): { frames: number; frameWidth: number } {
  const frames = Math.max(1, Math.round(width / (STRIP_PX * ratio)));
  return { frames, frameWidth: width / frames };
}

/** The frame under a share (0 to 1) of the film. */
export const stripIndex = (share: number, frames: number) =>
  Math.min(frames - 1, Math.max(0, Math.floor(share * frames)));

/** Loads a strip to learn its size; `null` until then, and when there is none. */
export function useStrip(url: string | null, ratio: number): Strip | null {
  const [strip, setStrip] = useState<Strip | null>(null);
  useEffect(() => {
    setStrip(null);
    if (!url) return;
    const picture = new Image();
    let wanted = true;
    picture.onload = () => {
      if (wanted && picture.naturalWidth > 0) {
        setStrip({ url, width: picture.naturalWidth, ...stripFrames(picture.naturalWidth, ratio) });
      }
    };
    picture.src = url;
    return () => {
      wanted = false;
    };
  }, [url, ratio]);
  return strip;
}
