/** Nobody is shut out: axe finds no violation on any screen, in light and in dark. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, served, test } from "../site.ts";

const site = served("voyage/harbour/morning.jpg", "voyage/harbour/crane.jpg", "film.mp4", "report.pdf", "notes.txt");

async function check(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const said = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join("\n")}`,
  );
  expect(said.join("\n\n")).toBe("");
}

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

    test(`axe finds nothing in the activity (${scheme})`, async ({ page }) => {
      await page.goto(`${site.url}/activity`);
      await expect(page.getByRole("heading", { name: "Engines" })).toBeVisible();
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
