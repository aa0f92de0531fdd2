/** Deleting, thinking better of it, bringing back, and deleting for ever. */
import { check, expect, noted, type Page, served, test } from "../site.ts";

const site = served(
  "voyage/harbour/morning.jpg",
  "voyage/harbour/crane.jpg",
  "voyage/mountain/ridge.jpg",
  "notes.txt",
  "report.pdf",
);
// What one deletes the next finds deleted.
test.describe.configure({ mode: "serial" });

const grid = (page: Page) => page.getByRole("grid", { name: "Assets" });
const places = (page: Page) => page.getByRole("complementary", { name: "Filters" });

test("what is deleted leaves the grid at once, the focus goes on, and undo brings it back", async ({ page }) => {
  await page.goto(`${site.url}/?sort=name`);
  const links = grid(page).getByRole("link");
  await expect(links).toHaveCount(5);
  await links.nth(0).focus();
  await page.keyboard.press("x");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("x");
  const bar = page.getByRole("toolbar", { name: "Selection" });
  await expect(bar.getByRole("status")).toContainText("2 selected");
  await page.keyboard.press("Delete");
  await noted(page, "Moved 2 to the trash");
  await expect(links).toHaveCount(3);
  await expect(bar).toBeHidden();
  await expect(grid(page).getByRole("link", { name: "notes.txt" })).toBeFocused();
  await expect(places(page).getByRole("button", { name: "Trash, 2 assets" })).toBeVisible();

  await page.keyboard.press("ControlOrMeta+z");
  await expect(links).toHaveCount(5);
  await expect(page.getByText("Moved 2 to the trash")).toBeHidden();
  await expect(places(page).getByRole("button", { name: "Trash, 0 assets" })).toBeVisible();
  await site.finds(0, "is:trashed");
});

test("what someone else has checked out stays, and the page says who has it", async ({ page }) => {
  const id = await site.idOf("crane.jpg");
  expect(await site.asOwner("PUT", `/api/v1/assets/${id}/checkout`, { note: "cropping" })).toBe(200);
  await page.goto(`${site.url}/?sort=name`);
  await expect(grid(page).getByRole("link")).toHaveCount(5);
  await expect(grid(page).getByLabel("Checked out")).toHaveCount(1);
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Move to trash" }).click();
  await noted(page, "Moved 4 to the trash");
  await expect(page.getByText(/^crane\.jpg stays: this machine's owner has it checked out since/)).toBeVisible();
  await expect(grid(page).getByRole("link")).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(grid(page).getByRole("link")).toHaveCount(5);
  expect(await site.asOwner("DELETE", `/api/v1/assets/${id}/checkout`)).toBe(200);
});

test("the trash says when each goes, restores some, and deletes others for ever once asked", async ({ page }) => {
  const ids = [];
  for (const name of ["morning.jpg", "crane.jpg", "notes.txt"]) ids.push(await site.idOf(name));
  await site.call("POST", "/api/v1/trash", { assets: ids });
  await page.goto(site.url);
  await expect(grid(page).getByRole("link")).toHaveCount(2);
  await places(page).getByRole("button", { name: "Trash, 3 assets" }).click();
  await expect(page).toHaveURL(/q=is%3Atrashed&sort=-trashed/);
  await expect(grid(page).getByRole("link")).toHaveCount(3);
  await expect(grid(page).getByRole("gridcell").filter({ hasText: /Goes in \d+ days/ })).toHaveCount(3);
  await check(page);

  await grid(page).getByRole("link", { name: /crane\.jpg/ }).focus();
  await page.keyboard.press("x");
  const bar = page.getByRole("toolbar", { name: "Selection" });
  await bar.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Restored crane.jpg")).toBeVisible();
  await expect(grid(page).getByRole("link")).toHaveCount(2);

  await grid(page).getByRole("link", { name: /notes\.txt/ }).focus();
  await page.keyboard.press("Delete");
  const asked = page.getByRole("dialog", { name: "Delete for ever" });
  await expect(asked.getByRole("button", { name: "Delete 1 for ever" })).toBeEnabled();
  await check(page);
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(asked).toBeHidden();
  await expect(grid(page).getByRole("link")).toHaveCount(2);
  await page.keyboard.press("Delete");
  await asked.getByRole("button", { name: "Delete 1 for ever" }).click();
  await expect(asked).toBeHidden();
  await expect(page.getByText("Deleted notes.txt for ever")).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
  await expect(grid(page).getByRole("link")).toHaveCount(1);
});

test("an asset in the trash is only looked at, and comes back from its page", async ({ page }) => {
  const [morning] = await site.finds(1, "is:trashed");
  await page.goto(`${site.url}/assets/${morning?.id}`);
  await expect(page.getByText(/^In the trash since .* Deleted for ever on /)).toBeVisible();
  const panel = page.getByRole("complementary", { name: "Panel" });
  await expect(panel.getByText("Read only. It lies in the trash.")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Change Title" })).toHaveCount(0);
  await check(page);
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText(/^In the trash since/)).toBeHidden();
  await expect(panel.getByRole("button", { name: "Change Title" })).toBeVisible();

  // Later, from the history.
  await panel.getByRole("tab", { name: "History" }).click();
  const restored = panel.getByRole("listitem").filter({ hasText: "took it out of the trash" }).first();
  await restored.getByRole("button", { name: /^Undo/ }).click();
  await expect(restored.getByRole("status")).toHaveText("Undone");
  await expect(page.getByText(/^In the trash since/)).toBeVisible();
});

test("deleting on an asset's page goes on to the next", async ({ page }) => {
  await page.goto(`${site.url}/?sort=name`);
  await grid(page).getByRole("link", { name: /crane\.jpg/ }).click();
  await expect(page.getByRole("heading", { name: "crane.jpg" })).toBeVisible();
  await page.keyboard.press("Delete");
  await expect(page.getByText("Moved crane.jpg to the trash")).toBeVisible();
  await expect(page.getByRole("heading", { name: "report.pdf" })).toBeVisible();
});

test("the trash is emptied by a job", async ({ page }) => {
  await page.goto(`${site.url}/?q=is:trashed`);
  await expect(grid(page).getByRole("link")).toHaveCount(2);
  await page.getByRole("button", { name: "Empty trash…" }).click();
  await page.getByRole("dialog", { name: "Empty the trash" }).getByRole("button", { name: "Delete 2 for ever" }).click();
  await expect(page.getByRole("heading", { name: "The trash is empty" })).toBeVisible();
  await check(page);
  await page.getByRole("button", { name: "To the library" }).click();
  await expect(grid(page).getByRole("link")).toHaveCount(2);
});
