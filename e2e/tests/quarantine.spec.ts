/** What is kept aside: seen with its reason, and let in by who runs the library. */
import { readFileSync } from "node:fs";
import { expect, media, type Page, served, test } from "../site.ts";

const site = served("notes.txt");
test.describe.configure({ mode: "serial" });

/** Brings a file in by another name than its own, with bytes that nothing else has. */
const bring = (name: string, file: string) =>
  site.call("PUT", `/api/v1/files/${name}`, Buffer.concat([readFileSync(media(file)), Buffer.from(`\n${name}\n`)]));
const files = (page: Page) => page.getByRole("list", { name: "Files in quarantine" }).getByRole("listitem");

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
  const activity = page.getByRole("region", { name: "Quarantine" });
  await expect(activity).toContainText("tidewatch.bin");
  await expect(activity).toContainText("Type not allowed");
  await activity.getByRole("link", { name: "Open the quarantine" }).click();
  const quarantine = page.getByRole("region", { name: "Quarantine" });
  await expect(quarantine).toContainText("it is a program, not media");
  // Throwing away asks first, and nothing happens when one thinks better of it.
  await quarantine.getByRole("button", { name: "Discard tidewatch.bin…" }).click();
  const asked = page.getByRole("dialog", { name: "Discard" });
  await expect(asked.getByRole("button", { name: "Discard tidewatch.bin for ever" })).toBeEnabled();
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(asked).toBeHidden();
  await quarantine.getByRole("button", { name: "Let tidewatch.bin in" }).click();
  await expect(quarantine.getByText("tidewatch.bin is in the library")).toBeVisible();
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

test("a file that pretends is looked at safely, and a better one is brought in its place", async ({ page }) => {
  await bring("shore.jpg", "report.pdf");
  await page.goto(`${site.url}/quarantine`);
  await expect(files(page)).toHaveCount(1);
  await expect(files(page)).toContainText("Name and content differ");
  await page.getByRole("button", { name: "Look at shore.jpg" }).click();
  const picture = page.getByRole("img", { name: "Picture of shore.jpg" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100);

  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Replace shore.jpg…" }).click();
  await (await chooser).setFiles(media("voyage/harbour/morning.jpg"));
  await expect(page.getByText("shore.jpg came in in its place")).toBeVisible();
  await expect(files(page)).toHaveCount(0);
  await page.getByRole("link", { name: "Show the asset" }).click();
  await expect(page.getByRole("heading", { name: "shore.jpg" })).toBeVisible();
});

test("files are told apart by their reason, and several are decided about with the keys", async ({ page }) => {
  await bring("one.jpg", "report.pdf");
  await bring("two.jpg", "notes.txt");
  await bring("three.bin", "tidewatch.bin");
  await page.goto(`${site.url}/quarantine`);
  await expect(files(page)).toHaveCount(3);
  await page.getByLabel("Reason").selectOption("Name and content differ");
  await expect(page).toHaveURL(/reason=name-differs/);
  await expect(files(page)).toHaveCount(2);
  await page.getByLabel("Reason").selectOption("Malware");
  await expect(page.getByText("No file is kept aside because of: Malware.")).toBeVisible();
  await page.getByLabel("Reason").selectOption("All reasons");
  await expect(files(page)).toHaveCount(3);

  // The newest first: three, two, one. A field keeps its keys, so the focus leaves it.
  await page.getByRole("heading", { name: "Quarantine" }).click();
  await page.keyboard.press("ArrowDown");
  await expect(files(page).nth(0)).toBeFocused();
  await page.keyboard.press("Space");
  await expect(files(page).nth(0)).toContainText("There is no picture of it.");
  await page.keyboard.press("ArrowDown");
  await expect(files(page).nth(1)).toBeFocused();
  await page.keyboard.press("x");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await expect(page.getByRole("toolbar", { name: "Selection" })).toContainText("2 files selected");
  await page.keyboard.press("Delete");
  await page.getByRole("button", { name: "Discard 2 files for ever" }).click();
  await expect(page.getByText("2 files discarded")).toBeVisible();
  await expect(files(page)).toHaveCount(1);
  await expect(files(page).nth(0)).toBeFocused();
  // What was asked before is over when its dialog is gone and the buttons can be pressed again: until then keys are its.
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Let three.bin in" })).toBeEnabled();
  await page.keyboard.press("a");
  await expect(page.getByText("three.bin is in the library")).toBeVisible();
  await expect(files(page)).toHaveCount(0);
});
