/** What is kept aside: seen with its reason, and let in by who runs the library. */
import { expect, media, served, test } from "../site.ts";

const site = served("notes.txt");

test("a program that is added waits in quarantine with its reason, and is found once it is let in", async ({ page }) => {
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(1);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add files" }).click();
  await (await chooser).setFiles(media("tidewatch.bin"));
  const uploads = page.getByRole("region", { name: "Uploads" });
  await expect(uploads.getByRole("listitem")).toContainText("In quarantine");
  await expect(links).toHaveCount(1);

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  const quarantine = page.getByRole("region", { name: "Quarantine" });
  await expect(quarantine).toContainText("tidewatch.bin");
  await expect(quarantine).toContainText("it is a program, not media");
  // Throwing away asks first, and nothing happens when one thinks better of it.
  await quarantine.getByRole("button", { name: "Discard…" }).click();
  const asked = page.getByRole("dialog", { name: "Discard a file" });
  await expect(asked.getByRole("button", { name: "Discard tidewatch.bin for ever" })).toBeEnabled();
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(asked).toBeHidden();
  await quarantine.getByRole("button", { name: "Let in" }).click();
  await expect(quarantine.getByRole("status")).toContainText("tidewatch.bin is in the library");
  await expect(quarantine).toContainText("No file is kept aside.");

  await quarantine.getByRole("link", { name: "Show the asset" }).click();
  await expect(page.getByRole("heading", { name: "tidewatch.bin" })).toBeVisible();
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByRole("tabpanel", { name: "History" })).toContainText("let it in from quarantine");
  await page.getByRole("link", { name: "Back to the library" }).click();
  await page.getByRole("combobox", { name: "Search the library" }).fill("tidewatch");
  const grid = page.getByRole("grid", { name: "Assets" });
  await expect(grid.getByRole("link", { name: "tidewatch.bin" })).toBeVisible();
  await expect(grid.getByRole("link", { name: "notes.txt" })).toBeHidden();
});
