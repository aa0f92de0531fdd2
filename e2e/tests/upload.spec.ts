/** Bringing files in: folders, drops, what is already here, and arrival on a page that is open elsewhere. */
import { readFileSync } from "node:fs";
import { expect, media, served, test } from "../site.ts";

const site = served("notes.txt");

test("a folder keeps its tree, shows progress and outcomes, and is already here the second time", async ({
  page,
  context,
}) => {
  const other = await context.newPage();
  await other.goto(site.url);
  await expect(other.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(1);

  await page.goto(site.url);
  // Chromium reads a chosen folder only for the page in front.
  await page.bringToFront();
  const send = async () => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add a folder" }).click();
    await (await chooser).setFiles(media("voyage"));
  };
  await send();
  const uploads = page.getByRole("region", { name: "Uploads" });
  await expect(uploads.getByRole("status")).toHaveText("3 files added");
  await expect(uploads.getByText("3 imported")).toBeVisible();
  await expect(uploads.getByRole("listitem")).toHaveCount(0);
  await uploads.getByRole("button", { name: "3 done" }).click();
  for (const path of ["voyage/harbour/crane.jpg", "voyage/harbour/morning.jpg", "voyage/mountain/ridge.jpg"]) {
    const line = uploads.getByRole("listitem").filter({ hasText: path });
    await expect(line).toContainText("Imported");
    await expect(line.getByRole("link")).toHaveAttribute("href", /\/assets\/[0-9a-f-]{36}/);
  }
  // Nobody pressed anything there.
  await expect(other.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(4);

  // The list stays open: the same files are sent again, on lines of their own.
  await send();
  await expect(uploads.getByText("3 imported · 3 already here")).toBeVisible();
  await expect(other.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(4);

  await uploads.getByRole("link", { name: /crane\.jpg/ }).first().click();
  await page.getByRole("tab", { name: "Files" }).click();
  await expect(page.getByRole("tabpanel", { name: "Files" })).toContainText("voyage/harbour");

  await page.getByRole("link", { name: "Back to the library" }).click();
  await uploads.getByRole("button", { name: "Close the list" }).click();
  await send();
  await expect(uploads.getByText("3 already here")).toBeVisible();
  await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(4);
});

test("files dropped on the page are taken", async ({ page }) => {
  await page.goto(site.url);
  await expect(page.getByRole("grid", { name: "Assets" })).toBeVisible();
  const bytes = readFileSync(media("bell.wav")).toString("base64");
  const carried = await page.evaluateHandle((encoded) => {
    const content = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([content], "dropped.wav", { type: "audio/wav" }));
    return carried;
  }, bytes);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: carried });
  await expect(page.getByText("Drop to add to the library")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: carried });
  const uploads = page.getByRole("region", { name: "Uploads" });
  await uploads.getByRole("button", { name: "1 done" }).click();
  const line = uploads.getByRole("listitem");
  await expect(line).toContainText("dropped.wav");
  await expect(line).toContainText("Imported");
  await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link", { name: "dropped.wav" })).toBeVisible();
});
