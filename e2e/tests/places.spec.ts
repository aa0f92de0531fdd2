/** Originals in two places: the second is filled, both are verified, and a damaged byte is found and mended. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, expect, served, test } from "../site.ts";

const site = served("notes.txt", "voyage/harbour/morning.jpg");
const second = join(site.apart, "second");
mkdirSync(second);
site.settings.DAMASK_STORE_SECOND = second;
test.describe.configure({ mode: "serial" });

const WAIT = { timeout: 60_000 };

/** Files kept in the second place, with their paths. */
const kept = () =>
  readdirSync(second, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("blobs"))
    .map((path) => join(second, path))
    .filter((path) => statSync(path).isFile());

test("the second place gets a copy of each original, and both are verified when asked to", async ({ page }) => {
  await expect.poll(() => kept().length, WAIT).toBe(2);
  await page.goto(`${site.url}/settings/places`);
  for (const name of ["First place", "Second place"]) {
    const place = page.getByRole("region", { name });
    await place.getByRole("button", { name: `Verify now: ${name}` }).click();
    await expect(place.getByText("No file is damaged")).toBeVisible(WAIT);
    await expect(place).toContainText("2 files", WAIT);
  }
  await expect(page.getByRole("region", { name: "Second place" })).toContainText("by nothing", WAIT);
  await check(page);
});

test("a damaged byte is found and mended, and the asset says so", async ({ page }) => {
  const [path = ""] = kept();
  const bytes = readFileSync(path);
  const whole = Buffer.from(bytes);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await page.goto(`${site.url}/settings/places`);
  const place = page.getByRole("region", { name: "Second place" });
  await place.getByRole("button", { name: "Verify now: Second place" }).click();
  await expect.poll(() => readFileSync(path).equals(whole), WAIT).toBe(true);
  await expect(place.getByRole("button", { name: "Verify now: Second place" })).toBeEnabled(WAIT);
  await expect(place.getByText("No file is damaged")).toBeVisible(WAIT);
  const outcomes = async () => {
    const all = await Promise.all(
      (await site.find()).map(async ({ id }) => {
        const response = await site.call("GET", `/api/v1/assets/${id}/fixity`);
        const { items } = (await response.json()) as { items: { outcome: string }[] };
        return items.some(({ outcome }) => outcome === "mended") ? [id] : [];
      }),
    );
    return all.flat();
  };
  await expect.poll(async () => (await outcomes()).length, WAIT).toBe(1);
  const [mended] = await outcomes();
  await page.goto(`${site.url}/assets/${mended}`);
  await page.getByRole("tab", { name: "Files" }).click();
  await expect(page.getByRole("region", { name: "Kept in" })).toContainText("was damaged, and mended");
});

test("the places are swapped once it is said what happens", async ({ page }) => {
  await page.goto(`${site.url}/settings/places`);
  await page.getByRole("button", { name: "Swap the places…" }).click();
  const asked = page.getByRole("dialog", { name: "Swap the places" });
  await expect(asked).toContainText("Nothing is deleted");
  await asked.getByRole("button", { name: "Swap the places" }).click();
  await expect(page.getByText("The places are swapped")).toBeVisible(WAIT);
  await expect(page.getByRole("region", { name: "First place" })).toContainText(second, WAIT);
});
