/** One picture on its ground: wheel, pinch, drag and keys to see it close. Shows the small picture at once, a larger
 *  one when there, and the largest when zoomed past what the others hold. */
import { ActionIcon } from "@mantine/core";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { type PointerEvent as ReactPointer, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useKeys } from "../ui/keys";
import { useSize } from "../ui/useSize";
import { words } from "../words";
import { percent } from "../words/format";
import styles from "./media.module.css";
import { fitScale, fitted, type Place, type Size, settle, zoomAt } from "./zoom";

export interface Source {
  url: string;
  /** The longest side it holds, in pixels. */
  side: number;
}

interface Props {
  name: string;
  /** In the picture's own pixels. */
  picture: Size;
  /** From small to large. */
  sources: Source[];
}

const STEP = 1.4;

export function ZoomPicture({ name, picture, sources }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const box = useSize(stage);
  const [place, setPlace] = useState<Place | null>(null);
  const now = place ?? (box.width > 0 ? fitted(picture, box) : null);
  const newest = useRef({ now, box, picture });
  newest.current = { now, box, picture };

  const zoom = (factor: number, at?: { x: number; y: number }) => {
    const held = newest.current;
    if (held.now)
      setPlace(
        zoomAt(
          held.now,
          factor,
          at ?? { x: held.box.width / 2, y: held.box.height / 2 },
          held.picture,
          held.box,
        ),
      );
  };
  const actual = () => now && zoom((now.scale === 1 ? fitScale(picture, box) : 1) / now.scale);
  useWheel(stage, zoom);
  const drag = useDrag(stage, newest, setPlace);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another window shows the whole picture again
  useLayoutEffect(() => setPlace(null), [box.width, box.height]);
  useKeys({
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => setPlace(null),
    z: actual,
  });

  const side = Math.max(picture.width, picture.height) * (now?.scale ?? 0) * devicePixelRatio;
  const whole = now !== null && Math.abs(now.scale - fitScale(picture, box)) < 1e-6;
  return (
    <section
      ref={stage}
      className={styles.stage}
      aria-label={words.asset.image(name)}
      {...drag}
      onDoubleClick={actual}
    >
      {now && (
        <div
          className={styles.picture}
          style={{
            width: picture.width * now.scale,
            height: picture.height * now.scale,
            transform: `translate(${now.x}px, ${now.y}px)`,
          }}
        >
          <Layers name={name} sources={sources} side={side} />
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keeps presses on the buttons from dragging the picture */}
      <div
        className={`${styles.float} pop`}
        onPointerDown={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        <ActionIcon
          aria-label={words.asset.zoomOut}
          title={`${words.asset.zoomOut} (−)`}
          onClick={() => zoom(1 / STEP)}
        >
          <IconMinus size={16} stroke={1.5} />
        </ActionIcon>
        <button
          type="button"
          className={styles.scale}
          aria-live="polite"
          title={`${words.asset.fit} (0)`}
          onClick={() => setPlace(null)}
        >
          {whole ? words.asset.fit : percent(now?.scale ?? 1)}
        </button>
        <ActionIcon
          aria-label={words.asset.zoomIn}
          title={`${words.asset.zoomIn} (+)`}
          onClick={() => zoom(STEP)}
        >
          <IconPlus size={16} stroke={1.5} />
        </ActionIcon>
        <ActionIcon
          aria-label={words.asset.fill}
          title={words.asset.fill}
          onClick={() => fullScreen(stage.current)}
        >
          <IconMaximize size={16} stroke={1.5} />
        </ActionIcon>
      </div>
    </section>
  );
}

function fullScreen(element: HTMLElement | null) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element?.requestFullscreen();
}

/** The sources up to the first that holds enough; each lies over the one before when it has come. */
function Layers({ name, sources, side }: { name: string; sources: Source[]; side: number }) {
  const enough = sources.findIndex((source) => source.side >= side);
  const wanted = enough < 0 ? sources.length - 1 : enough;
  // The first is on the page already (the grid showed it); between it and the one wanted none is worth fetching.
  const shown = sources.filter(
    (_, index) => index === 0 || index === wanted || (index < wanted && index === sources.length - 2),
  );
  return shown.map((source, index) => (
    <Layer key={source.url} url={source.url} alt={index === shown.length - 1 ? name : ""} />
  ));
}

function Layer({ url, alt }: { url: string; alt: string }) {
  const [broken, setBroken] = useState(false);
  return broken ? null : (
    <img src={url} alt={alt} draggable={false} decoding="async" onError={() => setBroken(true)} />
  );
}

function useWheel(
  stage: { current: HTMLElement | null },
  zoom: (factor: number, at: { x: number; y: number }) => void,
) {
  const held = useRef(zoom);
  held.current = zoom;
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    // React listens passively, and a passive listener may not keep the page from zooming.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const edge = element.getBoundingClientRect();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const amount = Math.max(-120, Math.min(120, event.deltaY * lines));
      held.current(Math.exp(-amount / (event.ctrlKey ? 100 : 300)), {
        x: event.clientX - edge.x,
        y: event.clientY - edge.y,
      });
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [stage]);
}

interface Held {
  now: Place | null;
  box: Size;
  picture: Size;
}

/** One pointer drags, two pinch. */
function useDrag(
  stage: { current: HTMLElement | null },
  newest: { current: Held },
  move: (place: Place) => void,
) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const down = (event: ReactPointer) => {
    if (event.button !== 0) return;
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    stage.current?.setPointerCapture(event.pointerId);
  };
  const drag = (event: ReactPointer) => {
    const before = pointers.current.get(event.pointerId);
    const { now, box, picture } = newest.current;
    if (!before || !now) return;
    const after = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, after);
    if (!other) {
      move(settle({ ...now, x: now.x + after.x - before.x, y: now.y + after.y - before.y }, picture, box));
      return;
    }
    const apart = (point: { x: number; y: number }) =>
      Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const edge = stage.current?.getBoundingClientRect();
    const middle = {
      x: (after.x + other.x) / 2 - (edge?.x ?? 0),
      y: (after.y + other.y) / 2 - (edge?.y ?? 0),
    };
    move(zoomAt(now, apart(after) / apart(before), middle, picture, box));
  };
  const up = (event: ReactPointer) => {
    pointers.current.delete(event.pointerId);
  };
  return { onPointerDown: down, onPointerMove: drag, onPointerUp: up, onPointerCancel: up };
}
