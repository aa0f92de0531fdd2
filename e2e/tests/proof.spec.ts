/** Proofs that the browser checks: of a fact, of a whole history, of a checkpoint that somebody kept; and that they
 *  stand when a past is erased. */
import { expect, type Page, served, test } from "../site.ts";

const site = served("notes.txt", "report.pdf");
test.describe.configure({ mode: "serial" });

/** The facts of an asset, the newest first, when all of them are signed. */
async function signedFacts(id: string): Promise<{ seq: number; verb: string }[]> {
  const { items } = (await (await site.call("GET", `/api/v1/assets/${id}/history`)).json()) as {
    items: { seq: number; verb: string }[];
  };
  const newest = items[0]?.seq ?? 0;
  // A server that has just begun has signed none yet.
  const size = async () => {
    const checkpoint = await site.call("GET", "/api/v1/notary/checkpoint").catch(() => null);
    return Number((await checkpoint?.text())?.split("\n")[1] ?? 0);
  };
  await expect.poll(size).toBeGreaterThanOrEqual(newest);
  return items;
}

const older = (page: Page) => page.getByRole("region", { name: "An older checkpoint" });

test("each fact of an asset's history leads to its proof, which this browser checks", async ({ page }) => {
  const id = await site.idOf("notes.txt");
  const facts = await signedFacts(id);
  await page.goto(`${site.url}/assets/${id}`);
  await page.getByRole("tab", { name: "History" }).click();
  const history = page.getByRole("tabpanel", { name: "History" });
  await expect(history.getByRole("link", { name: /^Proof:/ })).toHaveCount(facts.length);
  await history.getByRole("link", { name: /^Proof:/ }).last().click();
  const looked = page.getByRole("region", { name: "A fact or an asset" });
  await expect(looked.getByText(/^Proven\. It is in the log of/)).toBeVisible();
  await expect(looked.getByRole("link", { name: id })).toBeVisible();
  await expect(page.getByRole("region", { name: "Checkpoint", exact: true })).toContainText("made by this key");

  await looked.getByLabel(/^Number of a fact/).fill(`${site.url}/assets/${id}`);
  await looked.getByRole("button", { name: "Prove" }).click();
  await expect(looked.getByText(`${facts.length} facts, all proven`)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`asset=${id}`));
  await looked.getByLabel(/^Number of a fact/).fill("harbour");
  await looked.getByRole("button", { name: "Prove" }).click();
  await expect(looked.getByText(/^A number, or an address/)).toBeVisible();
});

test("a forged answer of the server is found out", async ({ page }) => {
  const [fact] = await signedFacts(await site.idOf("notes.txt"));
  await page.route(`**/api/v1/notary/inclusion/${fact?.seq}`, async (route) => {
    const proof = (await (await route.fetch()).json()) as { entry: string };
    await route.fulfill({ json: { ...proof, entry: proof.entry.replace(/"at_us":\d/, '"at_us":9') } });
  });
  await page.goto(`${site.url}/settings/proof?fact=${fact?.seq}`);
  await expect(page.getByRole("alert").getByText(/^The proof does not lead to the signed root/)).toBeVisible();
});

test("a checkpoint that was kept is the beginning of today's log, and a forged one is not", async ({ page }) => {
  const kept = await (await site.call("GET", "/api/v1/notary/checkpoint")).text();
  await page.goto(`${site.url}/settings/proof`);
  await older(page).getByLabel("Checkpoint").fill(kept);
  await older(page).getByRole("button", { name: "Compare" }).click();
  await expect(older(page).getByText(/^Nothing before it was changed/)).toBeVisible();

  const [name = "", size = "", root = "", ...rest] = kept.split("\n");
  const other = (root.startsWith("A") ? "B" : "A") + root.slice(1);
  await older(page).getByLabel("Checkpoint").fill([name, size, other, ...rest].join("\n"));
  await older(page).getByRole("button", { name: "Compare" }).click();
  await expect(older(page).getByText(/^It is NOT the beginning/)).toBeVisible();
  await expect(older(page).getByText(/does not bear this key’s signature/)).toBeVisible();
  await older(page).getByLabel("Checkpoint").fill("a letter");
  await older(page).getByRole("button", { name: "Compare" }).click();
  await expect(older(page).getByText(/^That is no checkpoint/)).toBeVisible();
});

test("the past of an asset is erased once its name is typed, and every proof stays valid", async ({ page }) => {
  const id = await site.idOf("report.pdf");
  await site.call("PATCH", `/api/v1/assets/${id}`, { fields: { title: ["A secret title"] } });
  await site.call("PATCH", `/api/v1/assets/${id}`, { fields: { title: ["A title"] } });
  const facts = await signedFacts(id);
  await page.goto(`${site.url}/assets/${id}`);
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByRole("tabpanel", { name: "History" })).toContainText("A secret title");
  await page.getByRole("link", { name: "Erase the past…" }).click();
  await page.getByRole("button", { name: "Erase the past of report.pdf" }).click();
  const asked = page.getByRole("dialog", { name: "Erase the past of report.pdf" });
  const sure = asked.getByRole("button", { name: "Erase its past for ever" });
  await expect(sure).toBeDisabled();
  await asked.getByLabel("To go on, type: report.pdf").fill("report");
  await expect(sure).toBeDisabled();
  await asked.getByLabel("To go on, type: report.pdf").fill("report.pdf");
  await sure.click();
  await expect(page.getByText(/^report\.pdf: what \d+ facts said is erased/)).toBeVisible();
  await expect(page.getByText(/^Every proof stays valid/)).toBeVisible();

  await page.goto(`${site.url}/settings/proof?asset=${id}`);
  await expect(page.getByText(/^\d+ facts, all proven$/)).toBeVisible();
  const { items } = (await (await site.call("GET", `/api/v1/assets/${id}/history`)).json()) as { items: unknown[] };
  expect(items.length).toBeGreaterThanOrEqual(facts.length);
  expect(JSON.stringify(items)).not.toContain("A secret title");
});

test("nobody erases the account they work with", async ({ page }) => {
  await page.goto(`${site.url}/settings/erase`);
  const account = page.getByRole("region", { name: "An account" });
  await expect(account.getByText("ada@example.org")).toBeVisible();
  await expect(account.getByRole("button", { name: "Erase Ada Lindqvist…" })).toBeDisabled();
});
