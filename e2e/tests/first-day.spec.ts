/** The first day: from the printed link to the first file taken home, signed out and in again. */
import { readFileSync, statSync } from "node:fs";
import { expect, media, PERSON, served, test } from "../site.ts";

const site = served();
// The second begins where the first ended.
test.describe.configure({ mode: "serial" });

test("a new person sets up, brings files in, finds one by a word, looks at it and downloads it", async ({ page }) => {
  await page.goto(site.link);
  await page.getByLabel("Your name").fill(PERSON.name);
  await page.getByLabel("Email").fill(PERSON.email);
  await page.getByRole("textbox", { name: "Password" }).fill(PERSON.password);
  await page.getByRole("button", { name: "Make the administrator" }).click();
  await expect(page.getByRole("heading", { name: "Put your first pictures here" })).toBeVisible();

  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles([media("voyage/harbour/morning.jpg"), media("report.pdf"), media("notes.txt")]);
  const uploads = page.getByRole("region", { name: "Uploads" });
  await expect(uploads.getByRole("status")).toHaveText("3 files added");
  await expect(uploads.getByText("3 imported")).toBeVisible();

  const grid = page.getByRole("grid", { name: "Assets" });
  await expect(grid.getByRole("link")).toHaveCount(3);
  const harbour = grid.getByRole("link", { name: /morning\.jpg/ });
  await expect(harbour).toHaveAccessibleName("Morning in the harbour, morning.jpg");

  await page.getByRole("combobox", { name: "Search the library" }).fill("boats");
  await expect(grid.getByRole("link")).toHaveCount(1);
  await harbour.click();
  await expect(page.getByRole("heading", { name: "morning.jpg" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Morning in the harbour" })).toBeVisible();

  await page.getByRole("button", { name: "Download", exact: true }).click();
  const original = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Original/ }).click();
  const taken = await original;
  expect(taken.suggestedFilename()).toBe("morning.jpg");
  expect(readFileSync(await taken.path())).toEqual(readFileSync(media("voyage/harbour/morning.jpg")));

  await page.getByRole("textbox", { name: "Longest side, px" }).fill("600");
  const copy = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the copy" }).click();
  const smaller = await copy;
  expect(smaller.suggestedFilename()).toMatch(/^morning.*\.jpg$/);
  const bytes = statSync(await smaller.path()).size;
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThan(statSync(media("voyage/harbour/morning.jpg")).size);
});

test("the link works once, and who signs out comes back with the password", async ({ page }) => {
  await page.goto(site.link);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByLabel("Email").fill(PERSON.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("No account has this email and password.");
  await page.getByRole("textbox", { name: "Password" }).fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("grid", { name: "Assets" })).toBeVisible();
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
