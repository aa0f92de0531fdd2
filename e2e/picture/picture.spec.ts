/** Makes `docs/guide/library.jpg`: the library page with painted pictures, a film, a sound and a document. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { document } from "../media.ts";
import { expect, served, test } from "../site.ts";
import { type Colour, flower, hex, hills, julia, marble, type Paint, paint, planet, ripples, tiles } from "./painted.ts";

const PICTURE = resolve("../docs/guide/library.jpg");
const BYTES_MAX = 120_000;

const colours = (text: string): Colour[] => text.split(" ").map(hex);
const DAWN = colours("#3d5a80 #f6bd8b #b98b9c #7a6a8e #4a4a72 #272a4a");
const DESERT = colours("#7fb2d9 #fce4b8 #e2a76f #c5763f #8f4526 #4d2218");
const NORTH = colours("#0b1f3a #3f8f8a #2b5d6e #1d3f54 #12283a #0a1620");
const SPRING = colours("#8ec9ee #f4f7e4 #a9c79a #79a86b #4b7f4a #2a5233");
const EMBER = colours("#0a0414 #4a0d3a #b3213f #f2843b #fde9a9 #120818");
const DEEP = colours("#02081c #0b3c6f #1f8fb3 #a7e3dd #fffbe6 #041026");
const STONE = colours("#1f2a2e #5b6f6b #c8c2ae #f2ece0 #8c5a3c");
const ROSE = colours("#2a0f1d #7d2248 #d65a7c #f7b8b4 #fff1e6");
const CLAY = colours("#f3e6d3 #e07a4f #3c6e71 #f2c14e #284b63");

const PAINTED: [string, number, string, string, Paint][] = [
  ["Landscapes/dawn.jpg", 1.5, "Ranges at dawn", "dawn hills", hills(DAWN, hex("#ffe9c7"), 3)],
  ["Landscapes/dunes.jpg", 1.78, "Dunes", "desert hills", hills(DESERT, hex("#fffbe8"), 14)],
  ["Landscapes/north.jpg", 1.5, "Northern night", "night hills", hills(NORTH, hex("#d8f3e3"), 27)],
  ["Landscapes/meadow.jpg", 0.75, "Meadow", "spring hills", hills(SPRING, hex("#fffdf0"), 31)],
  ["Landscapes/evening.jpg", 1.33, "Evening hills", "dusk hills", hills([...DAWN].reverse(), hex("#ffd0a0"), 44)],
  ["Landscapes/lake.jpg", 1.9, "Rain on the lake", "water", ripples(DEEP.slice(1, 5), 5, 5)],
  ["Fractals/ember.jpg", 1.4, "Ember", "fractal", julia([-0.7269, 0.1889], 1.1, EMBER)],
  ["Fractals/coast.jpg", 1, "Coast", "fractal", julia([-0.8, 0.156], 1.05, DEEP)],
  ["Fractals/lace.jpg", 1.6, "Lace", "fractal", julia([0.285, 0.01], 1.25, ROSE)],
  ["Fractals/frost.jpg", 0.8, "Frost", "fractal", julia([-0.4, 0.6], 1.1, [...DEEP].reverse())],
  ["Fractals/dragon.jpg", 1.5, "Dragon", "fractal", julia([0.36, 0.1], 1.2, EMBER)],
  ["Stone/river.jpg", 1.5, "River stone", "stone", marble(STONE, 2, 3)],
  ["Stone/rose.jpg", 1, "Rose marble", "stone", marble(ROSE, 8, 2.4)],
  ["Stone/malachite.jpg", 0.7, "Malachite", "stone", marble(colours("#031a14 #0d5b43 #3fae7c #c9f0d2"), 15, 3.4)],
  ["Stone/amber.jpg", 1.35, "Amber", "stone", marble(EMBER.slice(0, 5), 23, 2)],
  ["Planets/rust.jpg", 1, "Rust", "planet", planet(colours("#3a1408 #a1451f #e39a5b #f6dcb2"), 6, 0)],
  ["Planets/bands.jpg", 1.25, "Bands", "planet", planet(colours("#5a3f2d #c89f74 #f1e2c6 #a5673f #e8cfa4"), 12, 9)],
  ["Planets/ocean.jpg", 1, "Ocean", "planet", planet(colours("#04245c #0e5ca8 #3fa36b #f4f6f2"), 19, 1)],
  ["Patterns/paths.jpg", 1.5, "Paths", "pattern", tiles(CLAY, 4, 6)],
  ["Patterns/ribbons.jpg", 0.8, "Ribbons", "pattern", tiles([...DEEP].slice(1), 9, 8)],
  ["Patterns/waves.jpg", 1.2, "Three waves", "pattern water", ripples(ROSE, 11, 3)],
  ["Garden/dahlia.jpg", 1, "Dahlia", "flower spring", flower([...ROSE, hex("#f2c14e")], 3, 12)],
  ["Garden/aster.jpg", 1.3, "Aster", "flower", flower(colours("#1d3b2a #3b2a72 #7b62c9 #d9cdf7 #f6c945"), 7, 18)],
  ["Garden/poppy.jpg", 0.8, "Poppy", "flower spring", flower(colours("#3c5a34 #7c0f12 #d8321f #ff8a55 #1c1016"), 13, 5)],
  ["Garden/daisy.jpg", 1.5, "Daisy", "flower", flower(colours("#4a7a3f #b9c8d8 #f0f3f6 #ffffff #f2b705"), 17, 21)],
];
const CREATORS = ["Ada Lindqvist", "Noor Haddad", "Ida Okafor"];

const site = served();

function make(folder: string) {
  PAINTED.forEach(([name, ratio, title, words, colourAt], index) => {
    paint(join(folder, name), ratio, colourAt);
    execFileSync("exiftool", [
      "-q",
      "-overwrite_original",
      `-XMP-dc:Title=${title}`,
      ...words.split(" ").map((word) => `-XMP-dc:Subject=${word}`),
      `-XMP-dc:Creator=${CREATORS[index % CREATORS.length]}`,
      `-EXIF:DateTimeOriginal=202${1 + ((index * 3) % 6)}:0${1 + (index % 9)}:1${index % 10} 09:30:00`,
      join(folder, name),
    ]);
  });
  mkdirSync(join(folder, "Film"));
  mkdirSync(join(folder, "Papers"));
  execFileSync("ffmpeg", [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=s=640x360:r=25:start_scale=0.6:end_scale=0.002"],
    ...["-f", "lavfi", "-i", "sine=220", "-t", "5", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"],
    ...["-c:a", "aac", join(folder, "Film/descent.mp4")],
  ]);
  document(join(folder, "Papers/notes.pdf"), ["Notes on colour", "Second page", "Third page"]);
  return [...PAINTED.map(([name]) => name), "Film/descent.mp4", "Papers/notes.pdf"];
}

test("the library, as the README shows it", async ({ page, context }) => {
  const folder = mkdtempSync(join(tmpdir(), "damask-painted-"));
  try {
    // Beside each other go pictures of different kinds, always in the same order.
    const names = make(folder).map((name, index, all) => all[(index * 11) % all.length] ?? name);
    await site.settle();
    for (const name of names)
      await site.call("PUT", `/api/v1/files/${name}`, readFileSync(join(folder, name)));
    await expect
      .poll(async () => (await site.find()).filter((asset) => asset.previewed).length, { timeout: 180_000 })
      .toBe(names.length);
    await site.enter(context);
    await page.goto(site.url);
    const pictures = page.getByRole("grid", { name: "Assets" }).locator("img");
    await expect.poll(() => pictures.count()).toBeGreaterThan(20);
    const loaded = (images: Element[]) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0);
    await expect.poll(() => pictures.evaluateAll(loaded)).toBe(true);
    const taken = join(folder, "library.png");
    await page.screenshot({ path: taken });
    execFileSync("convert", [taken, "-strip", "-define", `jpeg:extent=${BYTES_MAX}`, PICTURE]);
    expect(statSync(PICTURE).size).toBeLessThanOrEqual(BYTES_MAX);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
