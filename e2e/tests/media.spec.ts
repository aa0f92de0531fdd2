/** Looking closely: a large picture, a film, a sound, a document. None of it takes an original out. */
import { readFileSync } from "node:fs";
import { expect, media, served, test } from "../site.ts";

const site = served("voyage/mountain/ridge.jpg", "film.mp4", "bell.wav", "report.pdf");

test("a picture is seen pixel by pixel, and its original never leaves for that", async ({ page }) => {
  const id = await site.idOf("ridge.jpg");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${site.url}/assets/${id}`);
  const stage = page.getByRole("region", { name: /^Picture: The long ridge/ });
  await expect(stage.getByRole("img", { name: "The long ridge" })).toBeVisible();
  const scale = stage.getByTitle("Fit (0)");
  await expect(scale).toHaveText("Fit");
  await page.keyboard.press("z");
  await expect(scale).toHaveText("100%");
  const close = stage.getByRole("img", { name: "The long ridge" });
  await expect(close).toHaveAttribute("src", /box-4096x4096\.jpg$/);
  await expect.poll(() => close.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(3000);
  await page.keyboard.press("0");
  await expect(scale).toHaveText("Fit");
  expect(asked.filter((path) => path.endsWith("/original"))).toEqual([]);
  expect(await site.downloadsOf(id)).toBe(0);
});

test("a film plays, and its timecode begins where the camera's did", async ({ page }) => {
  await page.goto(`${site.url}/assets/${await site.idOf("film.mp4")}`);
  const timecode = page.getByRole("timer", { name: "Timecode" });
  await expect(timecode).toHaveText("10:00:00:00");
  const video = page.locator("video");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(1);
  await page.getByRole("button", { name: "On a frame" }).click();
  await expect(timecode).toHaveText("10:00:00:01");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0.4);
  await expect(timecode).toHaveText(/^10:00:0[1-4]:/);
  await page.keyboard.press("End");
  await expect(page.getByRole("slider", { name: "Position" })).toHaveAttribute("aria-valuenow", "99");
});

test("a sound shows its wave and plays", async ({ page }) => {
  await page.goto(`${site.url}/assets/${await site.idOf("bell.wav")}`);
  await expect(page.getByRole("slider", { name: "Position" })).toBeVisible();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const audio = page.locator("audio");
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0.2);
});

test("a document is read page by page, with its text", async ({ page }) => {
  await page.goto(`${site.url}/assets/${await site.idOf("report.pdf")}`);
  const sheet = (number: number) => page.getByRole("img", { name: `Page ${number} of 3` });
  await expect(sheet(1)).toBeVisible();
  await page.getByRole("button", { name: "Next page" }).click();
  await expect(sheet(2)).toBeVisible();
  await expect.poll(() => sheet(2).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await expect(page.getByRole("region", { name: "Text of this page" })).toContainText("The second page");
  await page.keyboard.press("End");
  await expect(sheet(3)).toBeVisible();
  await expect(page).toHaveURL(/page=3/);
});

test("a file that cannot be shown says why, in place of a picture", async ({ page }) => {
  await site.call("PUT", "/api/v1/files/hollow.jpg", new Uint8Array());
  const torn = readFileSync(media("voyage/harbour/crane.jpg")).subarray(0, 300);
  await site.call("PUT", "/api/v1/files/torn.jpg", torn);
  const names = async () => (await site.find()).map((asset) => asset.name);
  await expect.poll(names).toEqual(expect.arrayContaining(["hollow.jpg", "torn.jpg"]));
  await page.goto(`${site.url}/assets/${await site.idOf("hollow.jpg")}`);
  await expect(page.getByText("This file is empty.")).toBeVisible();
  await page.goto(`${site.url}/assets/${await site.idOf("torn.jpg")}`);
  await expect(page.getByText("This picture could not be decoded.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Zoom in" })).toBeHidden();
});
