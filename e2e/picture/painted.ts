/** Pictures that nobody took: each is a function from a place to a colour. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

export type Colour = [number, number, number];
/** From `x` (0 to the width over the height) and `y` (0 to 1, downwards) to a colour, each part 0 to 1. */
export type Paint = (x: number, y: number, ratio: number) => Colour;

const LONGEST_PX = 600;

/** Paints a JPEG whose sides have this ratio. */
export function paint(path: string, ratio: number, colourAt: Paint) {
  const width = ratio >= 1 ? LONGEST_PX : Math.round(LONGEST_PX * ratio);
  const height = ratio >= 1 ? Math.round(LONGEST_PX / ratio) : LONGEST_PX;
  const bytes = Buffer.alloc(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const colour = colourAt(column / height, row / height, ratio);
      colour.forEach((part, index) => {
        bytes[(row * width + column) * 3 + index] = Math.max(0, Math.min(255, Math.round(part * 255)));
      });
    }
  }
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("convert", ["-depth", "8", "-size", `${width}x${height}`, "rgb:-", "-quality", "88", path], { input: bytes });
}

export const hex = (text: string): Colour =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16) / 255) as Colour;

const blend = (a: Colour, b: Colour, share: number) => a.map((part, index) => part + ((b[index] ?? 0) - part) * share) as Colour;

/** A colour of a palette, 0 to 1 from its first to its last. */
function ramp(palette: Colour[], share: number): Colour {
  const at = Math.max(0, Math.min(0.9999, share)) * (palette.length - 1);
  const low = Math.floor(at);
  return blend(palette[low] ?? [0, 0, 0], palette[low + 1] ?? [0, 0, 0], at - low);
}

/** A random number of a place, always the same, 0 to 1. */
function random(x: number, y: number, seed: number): number {
  const value = Math.sin(x * 127.1 + y * 311.7 + seed * 74.7) * 43758.5453;
  return value - Math.floor(value);
}

function noise(x: number, y: number, seed: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const ease = (share: number) => share * share * (3 - 2 * share);
  const [across, down] = [ease(x - left), ease(y - top)];
  const row = (at: number) => random(left, at, seed) * (1 - across) + random(left + 1, at, seed) * across;
  return row(top) * (1 - down) + row(top + 1) * down;
}

/** Noise upon finer noise, 0 to 1. */
function rough(x: number, y: number, seed: number, octaves = 5): number {
  let [sum, weight] = [0, 0.5];
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x * 2 ** octave, y * 2 ** octave, seed + octave);
    weight /= 2;
  }
  return sum / (1 - 2 ** -octaves);
}

/** Ranges of hills before a sky with a sun: the last colour of the palette is the nearest hill. */
export function hills(palette: Colour[], sun: Colour, seed: number): Paint {
  const [sky = [0, 0, 0], horizon = [0, 0, 0], ...ranges] = palette as [Colour, Colour, ...Colour[]];
  return (x, y, ratio) => {
    const away = Math.hypot(x - ratio * (0.3 + 0.4 * random(seed, 1, 2)), y - 0.34);
    let colour = away < 0.075 ? sun : blend(blend(sky, horizon, y * 1.7), sun, 0.5 * Math.exp(-away * 5));
    ranges.forEach((range, index) => {
      const base = 0.42 + (index * 0.5) / ranges.length;
      const ridge = base + 0.2 * (0.5 - rough(x * (1.4 + index), index * 9, seed + index, 7));
      if (y > ridge) colour = blend(range, horizon, Math.max(0, 0.35 - (y - ridge) * 1.6 - index * 0.05));
    });
    return colour;
  };
}

/** A Julia set of z² + c. */
export function julia(c: [number, number], zoom: number, palette: Colour[]): Paint {
  return (x, y, ratio) => {
    let [re, im] = [((x - ratio / 2) * 3) / zoom, ((y - 0.5) * 3) / zoom];
    for (let turn = 0; turn < 160; turn++) {
      [re, im] = [re * re - im * im + c[0], 2 * re * im + c[1]];
      const size = re * re + im * im;
      if (size > 256) return ramp(palette, Math.sqrt((turn + 1 - Math.log2(Math.log2(size) / 2)) / 110));
    }
    return palette.at(-1) ?? [0, 0, 0];
  };
}

/** Stone: noise bent by noise. */
export function marble(palette: Colour[], seed: number, scale: number): Paint {
  return (x, y) => {
    const bent = rough(x * scale, y * scale, seed);
    const twice = rough(x * scale + 4 * bent, y * scale + 3 * bent, seed + 20);
    return ramp(palette, (twice - 0.25) * 2);
  };
}

/** Circles on water, from some places. */
export function ripples(palette: Colour[], seed: number, drops: number): Paint {
  const places = Array.from({ length: drops }, (_, drop) => [random(drop, 1, seed), random(drop, 2, seed)] as const);
  return (x, y, ratio) => {
    const height = places.reduce((sum, [px, py]) => sum + Math.sin(Math.hypot(x - px * ratio, y - py) * 70), 0);
    return ramp(palette, 0.5 + height / drops / 1.6);
  };
}

/** A ball in the dark, lit from one side. */
export function planet(palette: Colour[], seed: number, bands: number): Paint {
  return (x, y, ratio) => {
    const [px, py] = [(x - ratio / 2) / 0.4, (y - 0.5) / 0.4];
    const inside = 1 - px * px - py * py;
    if (inside < 0) {
      const star = random(Math.floor(x * 260), Math.floor(y * 260), seed) > 0.997 ? 0.75 : 0.03;
      return [star, star, star * 1.1];
    }
    const pz = Math.sqrt(inside);
    const surface = rough(px * 2.2 + pz, py * (2 + bands), seed, 6);
    const light = Math.max(0.03, (-px * 0.6 - py * 0.35 + pz * 0.75) * 1.05);
    return ramp(palette, (surface - 0.2) * 1.6).map((part) => part * light) as Colour;
  };
}

/** Quarter circles on tiles, each turned at random. */
export function tiles(palette: Colour[], seed: number, across: number): Paint {
  return (x, y) => {
    const [column, row] = [Math.floor(x * across), Math.floor(y * across)];
    const turned = random(column, row, seed) > 0.5;
    const [u, v] = [x * across - column, y * across - row];
    const w = turned ? 1 - u : u;
    const near = Math.min(Math.abs(Math.hypot(w, v) - 0.5), Math.abs(Math.hypot(1 - w, 1 - v) - 0.5));
    const ground = palette[Math.floor(random(column, row, seed + 5) * (palette.length - 1))] ?? [1, 1, 1];
    return near < 0.15 ? (palette.at(-1) ?? [0, 0, 0]) : ground;
  };
}

/** Petals around a middle. */
export function flower(palette: Colour[], seed: number, petals: number): Paint {
  return (x, y, ratio) => {
    const [px, py] = [x - ratio / 2, y - 0.5];
    const turn = Math.atan2(py, px);
    const far = Math.hypot(px, py) / (0.3 + 0.13 * Math.abs(Math.sin((turn * petals) / 2)) + 0.01 * rough(turn * 3, 1, seed));
    if (far > 1) return blend(palette[0] ?? [0, 0, 0], [0.04, 0.07, 0.05], 0.35 + 0.5 * rough(x * 5, y * 5, seed));
    const vein = 0.07 * Math.sin(turn * petals * 6) * far;
    return far < 0.22 ? (palette.at(-1) ?? [1, 1, 1]) : ramp(palette.slice(1, -1), 1 - far + vein);
  };
}
