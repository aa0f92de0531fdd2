/** Nobody is shut out: axe finds no violation on any screen, in light and in dark. */
import { readFileSync } from "node:fs";
import { check, expect, media, served, test } from "../site.ts";

const site = served("voyage/harbour/morning.jpg", "voyage/harbour/crane.jpg", "film.mp4", "report.pdf", "notes.txt");

for (const scheme of ["light", "dark"] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test(`axe finds nothing in the library (${scheme})`, async ({ page }) => {
      await page.goto(site.url);
      await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(5);
      await check(page);
      await page.getByRole("radiogroup", { name: "View" }).locator("label", { hasText: "Table" }).click();
      await expect(page.getByRole("radio", { name: "Table" })).toBeChecked();
      await expect(page.getByRole("columnheader", { name: "Captured" })).toBeVisible();
      await check(page);
    });

    test(`axe finds nothing on assets (${scheme})`, async ({ page }) => {
      for (const name of ["morning.jpg", "film.mp4", "report.pdf", "notes.txt"]) {
        await page.goto(`${site.url}/assets/${await site.idOf(name)}`);
        await expect(page.getByRole("heading", { name })).toBeVisible();
        await expect(page.getByRole("tabpanel")).toBeVisible();
        await check(page);
      }
    });

    test(`axe finds nothing in the trash, nor where someone else is at work (${scheme})`, async ({ page }) => {
      const [morning, crane] = [await site.idOf("morning.jpg"), await site.idOf("crane.jpg")];
      await site.call("POST", "/api/v1/trash", { assets: [morning] });
      expect(await site.asOwner("PUT", `/api/v1/assets/${crane}/checkout`, { note: "cropping" })).toBe(200);
      await page.goto(`${site.url}/?q=is:trashed`);
      await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(1);
      await check(page);
      await page.goto(`${site.url}/assets/${morning}`);
      await expect(page.getByText(/^In the trash since/)).toBeVisible();
      await check(page);
      await page.goto(`${site.url}/assets/${crane}`);
      await expect(page.getByRole("button", { name: "Take it…" })).toBeVisible();
      await check(page);
      // What cannot be done stays an item, with why not. The menu itself holds a part of Mantine's that axe refuses.
      await page.getByRole("button", { name: "More", exact: true }).click();
      await expect(page.getByRole("menuitem", { name: /^Replace file…/ })).toContainText("has it checked out");
      await site.call("POST", "/api/v1/trash/restore", { assets: [morning] });
      expect(await site.asOwner("DELETE", `/api/v1/assets/${crane}/checkout`)).toBe(200);
    });

    test(`axe finds nothing in the activity (${scheme})`, async ({ page }) => {
      await page.goto(`${site.url}/activity`);
      await expect(page.getByRole("heading", { name: "Engines" })).toBeVisible();
      await check(page);
    });

    test(`axe finds nothing in the quarantine (${scheme})`, async ({ page }) => {
      for (const name of ["a.jpg", "b.jpg"]) {
        const bytes = Buffer.concat([readFileSync(media("report.pdf")), Buffer.from(`\n${scheme} ${name}\n`)]);
        await site.call("PUT", `/api/v1/files/${scheme}/${name}`, bytes);
      }
      await page.goto(`${site.url}/quarantine`);
      await page.getByRole("checkbox", { name: "Select a.jpg" }).first().check();
      await page.getByRole("button", { name: "Look at b.jpg" }).first().click();
      await expect(page.getByRole("img", { name: "Picture of b.jpg" })).toBeVisible();
      await expect(page.getByRole("toolbar", { name: "Selection" })).toBeVisible();
      await check(page);
    });

    test(`axe finds nothing in the settings (${scheme})`, async ({ page }) => {
      await page.goto(`${site.url}/settings`);
      await expect(page.getByRole("heading", { name: "Keeping" }).first()).toBeVisible();
      await check(page);
      await page.goto(`${site.url}/settings/check`);
      await page.getByRole("button", { name: "Check now" }).click();
      await expect(page.getByText("No fault was found")).toBeVisible();
      await check(page);
      await page.goto(`${site.url}/settings/backups`);
      await expect(page.getByText("No place for backups is configured")).toBeVisible();
      await check(page);
      await page.goto(`${site.url}/settings/proof?asset=${await site.idOf("notes.txt")}`);
      await expect(page.getByText(/facts, all proven$/)).toBeVisible();
      await check(page);
      await page.goto(`${site.url}/settings/erase?asset=${await site.idOf("notes.txt")}`);
      await page.getByRole("button", { name: "Erase the past of notes.txt" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await check(page);
    });

    test(`axe finds nothing among the keys (${scheme})`, async ({ page }) => {
      await page.goto(`${site.url}/settings/keys`);
      await expect(page.getByText("There are no keys.")).toBeVisible();
      await check(page);
      await page.getByRole("button", { name: "Make a key" }).click();
      await expect(page.getByRole("dialog", { name: "Make a key" })).toBeVisible();
      await check(page);
    });
  });
}
