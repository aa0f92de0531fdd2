/** A file replaced, compared, brought back; asked about because of its name; and kept by whoever works on it. */
import { readFileSync } from "node:fs";
import { check, expect, media, noted, type Page, served, test } from "../site.ts";

const site = served("voyage/harbour/crane.jpg", "notes.txt");
// Each goes on from the versions that the one before left.
test.describe.configure({ mode: "serial" });

const panelOf = (page: Page) => page.getByRole("complementary", { name: "Panel" });
const uploadsOf = (page: Page) => page.getByRole("region", { name: "Uploads" });

test("a file is replaced, compared with the one before, and that one made current again", async ({ page }) => {
  const id = await site.idOf("crane.jpg");
  await page.goto(`${site.url}/assets/${id}`);
  await panelOf(page).getByRole("tab", { name: "Files" }).click();
  const chooser = page.waitForEvent("filechooser");
  await panelOf(page).getByRole("button", { name: "Replace file…" }).click();
  await (await chooser).setFiles(media("retouched/crane.jpg"));
  await expect(uploadsOf(page).getByText("1 new version")).toBeVisible();

  const strip = page.getByRole("region", { name: "Versions" });
  await expect(strip.getByRole("button", { name: /^v2 current/ })).toBeVisible();
  await expect(panelOf(page).getByText("1200 × 1500")).toBeVisible();
  await strip.getByRole("button", { name: /^v1 / }).click();
  await expect(page.getByText("This is v1, not the current version.")).toBeVisible();
  await check(page);

  await strip.getByRole("button", { name: "What to do with v1" }).click();
  await page.getByRole("menuitem", { name: "Compare with current" }).click();
  const compared = page.getByRole("region", { name: "Comparison" });
  await expect(compared.getByRole("img", { name: "v1" })).toBeVisible();
  await expect(compared.getByRole("img", { name: "v2" })).toBeVisible();
  await expect(compared.getByRole("row", { name: "Measures 1000 × 1500 1200 × 1500" })).toBeVisible();
  await expect(compared.getByRole("row", { name: "XMP-dc Title Crane Crane, retouched" })).toBeVisible();
  await check(page);

  await compared.getByText("Swipe", { exact: true }).click();
  await expect(page).toHaveURL(/how=swipe/);
  const line = compared.getByRole("slider", { name: "Where the two pictures meet" });
  await line.focus();
  await line.press("ArrowRight");
  await expect(line).toHaveValue("51");
  await check(page);
  await page.keyboard.press("Escape");
  await expect(compared).toBeHidden();

  await strip.getByRole("button", { name: "What to do with v1" }).click();
  await page.getByRole("menuitem", { name: "Make current" }).click();
  await noted(page, "v1 is the current version");
  await expect(strip.getByRole("button", { name: /^v1 current/ })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(strip.getByRole("button", { name: /^v2 current/ })).toBeVisible();

  await panelOf(page).getByRole("tab", { name: "History" }).click();
  const added = panelOf(page).getByRole("listitem").filter({ hasText: "added a version" });
  await added.getByRole("button", { name: "Undo: added a version" }).click();
  await expect(strip.getByRole("button", { name: /^v1 current/ })).toBeVisible();
});

test("one file dropped on an asset is asked about", async ({ page }) => {
  const id = await site.idOf("notes.txt");
  await page.goto(`${site.url}/assets/${id}`);
  await expect(page.getByRole("heading", { name: "notes.txt" })).toBeVisible();
  const carried = await page.evaluateHandle(() => {
    const carried = new DataTransfer();
    carried.items.add(new File(["Notes, longer than before.\n"], "later.txt", { type: "text/plain" }));
    return carried;
  });
  await page.dispatchEvent("body", "dragenter", { dataTransfer: carried });
  await page.dispatchEvent("body", "drop", { dataTransfer: carried });
  const asked = page.getByRole("dialog", { name: "What is this file?" });
  await expect(asked).toBeVisible();
  await check(page);
  await asked.getByRole("button", { name: /^A new version of notes\.txt/ }).click();
  await expect(uploadsOf(page).getByText("1 new version")).toBeVisible();
  await expect(page.getByRole("region", { name: "Versions" }).getByRole("button", { name: /^v2 current/ })).toBeVisible();
  await site.finds(2);
});

test("files whose name is there are asked about, once for all", async ({ page }) => {
  await page.goto(site.url);
  const bytes = (name: string) => readFileSync(media(name));
  const add = async (...files: [string, Buffer][]) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).click();
    await (await chooser).setFiles(files.map(([name, buffer]) => ({ name, mimeType: "", buffer })));
  };
  await add(["one.jpg", bytes("voyage/mountain/ridge.jpg")], ["two.txt", Buffer.from("first")]);
  await expect(uploadsOf(page).getByRole("status")).toHaveText(/added/);
  const before = 4;
  await site.finds(before);

  // The very same file needs no answer.
  await add(["two.txt", Buffer.from("first")]);
  const question = page.getByRole("region", { name: "Same name" });
  await expect(uploadsOf(page).getByText("1 already here")).toBeVisible();
  await expect(question).toBeHidden();

  await add(["two.txt", Buffer.from("second")], ["one.jpg", bytes("voyage/harbour/morning.jpg")]);
  await expect(question.getByRole("checkbox", { name: "For all of these (2)" })).toBeVisible();
  await expect(question.getByRole("alert")).toContainText(/(two\.txt|one\.jpg) is in this folder already/);
  await check(page);
  await question.getByRole("checkbox").check();
  await question.getByRole("button", { name: "New version" }).click();
  await expect(question).toBeHidden();
  await expect(uploadsOf(page).getByText("2 new versions")).toBeVisible();
  await site.finds(before);

  await add(["two.txt", Buffer.from("third")]);
  await question.getByRole("button", { name: "Keep both" }).click();
  await site.finds(before + 1);
  await add(["two.txt", Buffer.from("fourth")]);
  await question.getByRole("button", { name: "Leave out" }).click();
  await expect(question).toBeHidden();
  await site.finds(before + 1);
});

test("what one has checked out another only looks at, until it is checked in or taken", async ({ page }) => {
  const id = await site.idOf("notes.txt");
  const path = `/api/v1/assets/${id}/checkout`;
  await page.goto(`${site.url}/assets/${id}`);
  await page.getByRole("button", { name: "Check out…" }).click();
  const dialog = page.getByRole("dialog", { name: "Check out" });
  await dialog.getByRole("textbox", { name: "What for" }).fill("proofreading");
  await check(page);
  await dialog.getByRole("button", { name: "Check out" }).click();
  await expect(page.getByText("Checked out by you")).toHaveCount(2);
  await expect(page.getByText(/: proofreading$/)).toBeVisible();
  expect(await site.asOwner("PATCH", `/api/v1/assets/${id}`, { fields: { title: ["Theirs"] } })).toBe(423);
  await page.getByRole("button", { name: "Check in" }).click();
  await expect(page.getByText("notes.txt is checked in")).toBeVisible();

  // Another checks it out: the open page follows.
  expect(await site.asOwner("PUT", path, { note: "retouching the sky" })).toBe(200);
  await expect(page.getByText(/: retouching the sky$/)).toBeVisible();
  await expect(panelOf(page).getByText("Read only. This machine's owner has it checked out.")).toBeVisible();
  await expect(panelOf(page).getByRole("button", { name: "Change Headline" })).toHaveCount(0);
  await check(page);
  await page.getByRole("button", { name: "Take it…" }).click();
  const sure = page.getByRole("dialog", { name: "Take it from this machine's owner" });
  await check(page);
  await sure.getByRole("button", { name: "Take it" }).click();
  await expect(panelOf(page).getByRole("button", { name: "Change Headline" })).toBeVisible();
  expect(await site.asOwner("PATCH", `/api/v1/assets/${id}`, { fields: { title: ["Theirs"] } })).toBe(200);
});
