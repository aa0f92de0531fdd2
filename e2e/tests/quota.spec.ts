/** A library that may hold no more: the page says so in the server's words, and takes what fits. */
import { randomBytes } from "node:crypto";
import { expect, served, test } from "../site.ts";

const site = served("notes.txt");
site.settings = { DAMASK_QUOTA_BYTES: "100000" };

test("what does not fit is said on the page with what to do, and the rest comes in", async ({ page }) => {
  await page.goto(site.url);
  const send = async (name: string, bytes: number) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).first().click();
    const buffer = randomBytes(bytes);
    await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer });
  };
  await send("large.bin", 200_000);
  const uploads = page.getByRole("region", { name: "Uploads" });
  await expect(uploads.getByText(/may hold 100\.0 kB and holds .*200\.0 kB more do not fit.*empty the trash/)).toBeVisible();
  await send("small.bin", 20_000);
  await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link", { name: "small.bin" })).toBeVisible();
  expect((await site.finds(2)).map((asset) => asset.name).sort()).toEqual(["notes.txt", "small.bin"]);
});
