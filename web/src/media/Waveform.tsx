/** Sound as a drawing; what was played is darker. Pressing and dragging seeks. */
import { useEffect, useRef } from "react";
import { useSize } from "../ui/useSize";
import styles from "./media.module.css";
import { columns, type Peaks } from "./peaks";

interface Props {
  peaks: Peaks;
  /** 0 to 1. */
  share: number;
  height: number;
}

export function Waveform({ peaks, share, height }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(box);
  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext("2d");
    if (!element || !pen || width === 0) return;
    const density = devicePixelRatio;
    element.width = width * density;
    element.height = height * density;
    const look = getComputedStyle(element);
    const [played, ahead] = [look.getPropertyValue("color"), look.getPropertyValue("outline-color")];
    const wanted = Math.floor(width / 2);
    const middle = element.height / 2;
    columns(peaks, wanted).forEach(({ low, high }, index) => {
      pen.fillStyle = index / wanted < share ? played : ahead;
      const top = middle - high * (middle - 1);
      const tall = Math.max(density, (high - low) * (middle - 1));
      pen.fillRect(index * 2 * density, top, density * 1.4, tall);
    });
  }, [peaks, share, width, height]);
  return (
    <div ref={box} className={styles.wave} style={{ height }}>
      <canvas ref={canvas} aria-hidden />
    </div>
  );
}
