/** Everything with keys alone: search, moving, quick look, selecting, opening, leaving. */
import { expect, served, test } from "../site.ts";

const site = served("voyage/harbour/morning.jpg", "voyage/harbour/crane.jpg", "voyage/mountain/ridge.jpg");

test("slash searches, arrows move, space looks, X selects, enter opens, escape comes back", async ({ page }) => {
  await page.goto(site.url);
  const grid = page.getByRole("grid", { name: "Assets" });
  await expect(grid.getByRole("link")).toHaveCount(3);
  const keys = page.keyboard;
  const box = page.getByRole("combobox", { name: "Search the library" });
  await keys.press("/");
  await expect(box).toBeFocused();
  await keys.type("harbour");
  await expect(grid.getByRole("link")).toHaveCount(2);
  await keys.press("Escape");
  if (await box.evaluate((element) => element === document.activeElement)) await keys.press("Escape");
  await expect(box).not.toBeFocused();

  await keys.press("ArrowRight");
  const first = grid.getByRole("link").nth(0);
  const second = grid.getByRole("link").nth(1);
  await expect(first).toBeFocused();
  await keys.press("ArrowRight");
  await expect(second).toBeFocused();

  await keys.press("Space");
  const look = page.getByRole("dialog", { name: /^Quick look/ });
  await expect(look).toBeVisible();
  const before = await look.getAttribute("aria-label");
  await keys.press("ArrowLeft");
  await expect(look).not.toHaveAccessibleName(before ?? "");
  await keys.press("Space");
  await expect(look).toBeHidden();
  await expect(first).toBeFocused();

  await keys.press("x");
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("1 selected");
  await keys.press("Shift+ArrowRight");
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("2 selected");
  await keys.press("Escape");
  await expect(page.getByRole("toolbar", { name: "Selection" })).toBeHidden();

  await keys.press("Enter");
  await expect(page).toHaveURL(/\/assets\/.*q=harbour/);
  // The address is there before the screen is.
  await expect(page.getByRole("link", { name: "Back to the library" })).toBeVisible();
  const name = await page.getByRole("heading", { level: 1 }).textContent();
  await keys.press("ArrowLeft");
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(name ?? "");
  await keys.press("Escape");
  await expect(grid.getByRole("link")).toHaveCount(2);
  await expect(first).toBeFocused();

  await keys.press("?");
  await expect(page.getByRole("dialog", { name: "Shortcuts" })).toBeVisible();
  await keys.press("Escape");
  await expect(page.getByRole("dialog", { name: "Shortcuts" })).toBeHidden();
});
