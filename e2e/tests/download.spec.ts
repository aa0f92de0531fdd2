/** Taking several away at once: their originals, or smaller copies of a size and format. */
import { readFileSync } from "node:fs";
import type { Download } from "@playwright/test";
import { expect, media, type Page, served, test } from "../site.ts";

const site = served("voyage/harbour/morning.jpg", "voyage/harbour/crane.jpg", "notes.txt");

async function select(page: Page, total: number) {
  await page.goto(site.url);
  const grid = page.getByRole("grid", { name: "Assets" });
  await expect(grid.getByRole("link")).toHaveCount(total);
  await page.keyboard.press("Control+a");
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Download" }).click();
}

async function taken(page: Page, number: number, act: () => Promise<void>): Promise<Download[]> {
  const downloads: Download[] = [];
  page.on("download", (download) => downloads.push(download));
  await act();
  await expect.poll(() => downloads.length).toBe(number);
  return downloads;
}

test("a selection leaves as its originals, byte for byte, and each is a fact", async ({ page }) => {
  await select(page, 3);
  const downloads = await taken(page, 3, () => page.getByRole("button", { name: "3 originals" }).click());
  const crane = downloads.find((download) => download.suggestedFilename() === "crane.jpg");
  expect(readFileSync((await crane?.path()) ?? "")).toEqual(readFileSync(media("voyage/harbour/crane.jpg")));
  const id = await site.idOf("notes.txt");
  await expect.poll(() => site.downloadsOf(id)).toBe(1);
});

test("a selection leaves as smaller copies in the format asked for; what has no picture has none", async ({ page }) => {
  await select(page, 3);
  await page.getByRole("textbox", { name: "Longest side, px" }).fill("300");
  await page.getByRole("combobox", { name: "Format" }).selectOption("WebP");
  const downloads = await taken(page, 2, () => page.getByRole("button", { name: "Download the copy" }).click());
  await expect(page.getByText("1 of them has no picture")).toBeVisible();
  expect(downloads.map((download) => download.suggestedFilename().replace(/\.webp$/, "")).sort()).toEqual([
    expect.stringMatching(/^crane/),
    expect.stringMatching(/^morning/),
  ]);
  for (const download of downloads) {
    const bytes = readFileSync(await download.path());
    // WebP's container: RIFF, four bytes of length, WEBP (RFC 9649, 2.4).
    expect(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 12)).toBe("RIFFWEBP");
  }
  const id = await site.idOf("morning.jpg");
  await expect.poll(() => site.downloadsOf(id)).toBe(1);
});
