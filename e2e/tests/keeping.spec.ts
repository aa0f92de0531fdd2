/** The settings that keep a library safe: a check that is told by area, and backups made, read, and removed. */
import { join } from "node:path";
import { expect, type Page, served, test } from "../site.ts";

const site = served("notes.txt", "voyage/harbour/morning.jpg");
site.settings.DAMASK_BACKUP_TO = join(site.apart, "backups");
test.describe.configure({ mode: "serial" });

const settings = (page: Page) => page.getByRole("navigation", { name: "Settings" });

test("the settings are found from the rail, each section with what it is for", async ({ page }) => {
  await page.goto(site.url);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  for (const name of ["API keys", "Check", "Backups", "Places", "Proof", "Erase"])
    await expect(settings(page).getByRole("link", { name })).toBeVisible();
  await page.getByRole("region", { name: "Keeping" }).getByRole("link", { name: /^Backups/ }).click();
  await expect(page.getByRole("heading", { name: "Backups", level: 1 })).toBeVisible();
});

test("a check goes through every area, says which walls hold, and finds nothing", async ({ page }) => {
  await page.goto(`${site.url}/settings/check`);
  for (const how of ["Quick", "Full"]) {
    await page.getByRole("radiogroup", { name: "How thoroughly" }).locator("label", { hasText: how }).click();
    await page.getByRole("button", { name: /^Check (now|again)$/ }).click();
    await expect(page.getByText("No fault was found")).toBeVisible();
    const areas = page.getByRole("region", { name: "Check" });
    for (const area of ["Glass", "History", "Notary", "Catalog", "Files", "Index"])
      await expect(areas.getByText(area, { exact: true })).toBeVisible();
    await expect(areas).toContainText(how === "Full" ? "2 files read and compared" : "2 files there");
    await expect(areas.getByText("no fault")).toHaveCount(6);
  }
  await expect(page.getByRole("region", { name: "Walls of the glass" })).toContainText(/holds/);
  await expect(page.getByRole("region", { name: "Faults" })).toBeHidden();
});

test("a backup is made, what it holds is seen, it is read to its end, and old ones are removed", async ({ page }) => {
  await page.goto(`${site.url}/settings/backups`);
  await expect(page.getByText(site.settings.DAMASK_BACKUP_TO ?? "", { exact: true })).toBeVisible();
  await expect(page.getByText(/^There is no backup at this place yet/)).toBeVisible();
  const make = page.getByRole("button", { name: "Make a backup" });
  await make.click();
  await expect(page.getByText(/^The backup is made: 2 assets/)).toBeVisible();
  const kept = page.getByRole("region", { name: "Kept backups" });
  await expect(kept.getByRole("button", { name: /^Verify the backup of/ })).toHaveCount(1);
  await expect(kept).toContainText("2 assets · 2 originals");
  await expect(kept.getByRole("button", { name: "Remove old ones…" })).toBeDisabled();

  await make.click();
  await expect(kept.getByRole("button", { name: /^Verify the backup of/ })).toHaveCount(2);
  await kept.getByRole("button", { name: /^Verify the backup of/ }).first().click();
  await expect(kept.getByText("Every piece is whole.")).toBeVisible();
  await kept.getByRole("button", { name: "Verify all" }).click();
  await expect(kept.getByText(/2 of 2 originals are whole/)).toHaveCount(2);

  await kept.getByRole("button", { name: "Remove old ones…" }).click();
  const asked = page.getByRole("dialog", { name: "Remove old backups" });
  await expect(asked.getByRole("button", { name: "None would go." })).toBeDisabled();
  await asked.getByLabel("How many stay").fill("1");
  await asked.getByRole("button", { name: "Remove 1 backup for ever" }).click();
  await expect(page.getByText(/^1 backup removed/)).toBeVisible();
  await expect(kept.getByRole("button", { name: /^Verify the backup of/ })).toHaveCount(1);
  await expect(page.getByRole("region", { name: "Restoring" })).toContainText(`damask restore ${site.settings.DAMASK_BACKUP_TO}`);
});
