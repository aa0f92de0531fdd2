/** API keys: made in the settings, good for programs, and refused from the moment they are revoked. */
import { expect, served, test } from "../site.ts";

const site = served("notes.txt");

test("a key made in the settings lets a program in, until it is revoked", async ({ page }) => {
  await page.goto(`${site.url}/settings/keys`);
  await page.getByRole("button", { name: "Make a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Make a key" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Night export");
  await expect(dialog.getByRole("checkbox", { name: "Read" })).toBeChecked();
  await expect(dialog.getByText("Take out the files as they came in.")).toBeVisible();
  const end = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(Date.now() + 90 * 86_400_000);
  await expect(dialog.getByText(`Ends on ${end}`)).toBeVisible();
  await dialog.getByRole("button", { name: "Make a key" }).click();
  const secret = (await dialog.getByText(/^dmk_/).textContent()) ?? "";
  await expect(dialog.getByText(/shown only this once/)).toBeVisible();
  await dialog.getByRole("button", { name: "Copy the secret" }).click();
  await expect(dialog.getByRole("status")).toHaveText("Copied");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(secret)).toBeHidden();

  const ask = (method: string, path: string) =>
    fetch(site.url + path, { method, headers: { Authorization: `Bearer ${secret}` } });
  const found = await ask("GET", "/api/v1/assets");
  expect(found.status).toBe(200);
  expect(((await found.json()) as { total: number }).total).toBe(1);
  expect((await ask("GET", `/api/v1/assets/${await site.idOf("notes.txt")}/original`)).status).toBe(403);

  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("button", { name: "Revoke Night export for ever" }).click();
  await expect(page.getByText("There are no keys.")).toBeVisible();
  expect((await ask("GET", "/api/v1/assets")).status).toBe(401);
});
