/** Writing a field: saved at once, undone by one act, and nothing lost when two write the same. */
import { expect, noted, served, test } from "../site.ts";

const site = served("voyage/harbour/crane.jpg");

test("a title is changed, found by its new word, and undone", async ({ page }) => {
  const id = await site.idOf("crane.jpg");
  await page.goto(`${site.url}/assets/${id}`);
  const panel = page.getByRole("complementary", { name: "Panel" });
  await panel.getByRole("button", { name: "Change Title" }).click();
  const field = panel.getByRole("textbox", { name: "Title" });
  await expect(field).toHaveValue("Crane");
  await field.fill("Gantry at dusk");
  await field.press("Enter");
  await noted(page, "Title saved");
  await expect(panel.getByText("Gantry at dusk")).toBeVisible();
  await site.finds(1, "gantry");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(panel.getByText("Gantry at dusk")).toBeHidden();
  await expect(panel.getByText(/^Crane \(From the file/)).toBeVisible();
  await site.finds(0, "gantry");

  await panel.getByRole("tab", { name: "History" }).click();
  await expect(panel.getByText(/edited it/).first()).toBeVisible();
  await expect(panel.getByText("Title: Crane → Gantry at dusk")).toBeVisible();
});

test("an edit is undone where the history tells of it, once", async ({ page }) => {
  const id = await site.idOf("crane.jpg");
  await site.call("PATCH", `/api/v1/assets/${id}`, { fields: { credit: ["The harbour office"] } });
  await page.goto(`${site.url}/assets/${id}`);
  const panel = page.getByRole("complementary", { name: "Panel" });
  await expect(panel.getByText("The harbour office")).toBeVisible();
  await panel.getByRole("tab", { name: "History" }).click();
  const lines = panel.getByRole("listitem");
  const edit = lines.filter({ hasText: "→ The harbour office" });
  await expect(lines.filter({ hasText: "took it in" }).getByRole("button")).toHaveCount(0);
  await edit.getByRole("button", { name: "Undo the change of Credit" }).click();
  await expect(edit.getByRole("status")).toHaveText("Undone");
  // Undoing is a fact too, and the newest.
  await expect(lines.first()).toContainText("The harbour office →");

  await edit.getByRole("button", { name: "Undo the change of Credit" }).click();
  await expect(edit.getByRole("alert")).toHaveText("Not undone: one of these values was changed again since.");

  await panel.getByRole("tab", { name: "Caption" }).click();
  await expect(panel.getByText("The harbour office")).toBeHidden();
});

test("escape gives the old value back", async ({ page }) => {
  await page.goto(`${site.url}/assets/${await site.idOf("crane.jpg")}`);
  const panel = page.getByRole("complementary", { name: "Panel" });
  await panel.getByRole("button", { name: "Change Title" }).click();
  await panel.getByRole("textbox", { name: "Title" }).fill("Never saved");
  await page.keyboard.press("Escape");
  await expect(panel.getByText(/^Crane \(From the file/)).toBeVisible();
  await expect(panel.getByText("Never saved")).toBeHidden();
});

test("two people write the same field: both values are shown, one is chosen", async ({ page }) => {
  const id = await site.idOf("crane.jpg");
  await page.goto(`${site.url}/assets/${id}`);
  const panel = page.getByRole("complementary", { name: "Panel" });
  await panel.getByRole("button", { name: "Change Title" }).click();
  const field = panel.getByRole("textbox", { name: "Title" });
  await field.fill("Mine");

  const { headers } = await site.call("GET", `/api/v1/assets/${id}`);
  const seen = { "If-Match": headers.get("etag") ?? "" };
  await site.call("PATCH", `/api/v1/assets/${id}`, { fields: { title: ["Theirs"] } }, seen);

  const refusal = page.waitForResponse((response) => response.request().method() === "PATCH");
  await field.press("Enter");
  expect((await refusal).status()).toBe(412);
  const both = panel.getByRole("alert");
  await expect(both).toContainText("Somebody changed this while you wrote.");
  await expect(both).toContainText("Theirs");
  await expect(both).toContainText("Mine");
  await both.getByRole("button", { name: "Keep yours" }).click();
  await expect(panel.getByText(/^Mine \(Entered by a person/)).toBeVisible();
  await expect(both).toBeHidden();
});
