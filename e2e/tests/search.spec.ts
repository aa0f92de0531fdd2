/** Finding: a word, a filter, the address that keeps both, and a query that cannot be read. */
import { expect, served, test } from "../site.ts";

const site = served("voyage/harbour/morning.jpg", "voyage/harbour/crane.jpg", "voyage/mountain/ridge.jpg", "notes.txt");

test("a word finds by keyword, a filter narrows, and the address shows the same again", async ({ page }) => {
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(4);
  const box = page.getByRole("combobox", { name: "Search the library" });
  await box.fill("harbour");
  await expect(links).toHaveCount(2);
  await expect(page.getByRole("status").filter({ hasText: "results" })).toContainText("2 results");

  const keywords = page.getByRole("complementary", { name: "Filters" }).getByRole("region", { name: "Keywords" });
  await keywords.getByRole("button", { name: /^steel/ }).click();
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAccessibleName("Crane, crane.jpg");
  await expect(box).toHaveValue(/keywords:steel/);
  await page.reload();
  await expect(links).toHaveCount(1);
  await expect(keywords.getByRole("button", { name: /^steel/ })).toHaveAttribute("aria-pressed", "true");

  await keywords.getByRole("button", { name: /^steel/ }).click();
  await expect(links).toHaveCount(2);
  await keywords.getByRole("button", { name: "Leave out steel" }).click();
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAccessibleName("Morning in the harbour, morning.jpg");
});

test("a folder shows what is in it and below it, and the tree follows the address", async ({ page }) => {
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(4);
  const tree = page.getByRole("complementary", { name: "Filters" }).getByRole("region", { name: "Folders" });
  await tree.getByRole("button", { name: "voyage", exact: true }).click();
  await expect(links).toHaveCount(3);
  // The only folder at the root is open from the start; folded and opened again it shows the same.
  const fold = tree.getByRole("button", { name: "Folders in voyage" });
  await fold.click();
  await expect(tree.getByRole("button", { name: "harbour", exact: true })).toBeHidden();
  await fold.click();
  await tree.getByRole("button", { name: "harbour", exact: true }).click();
  await expect(links).toHaveCount(2);
  await expect(page.getByRole("combobox", { name: "Search the library" })).toHaveValue(/folder:.*voyage\/harbour/);
  await page.reload();
  await expect(tree.getByRole("button", { name: "harbour", exact: true })).toHaveAttribute("aria-pressed", "true");
  await tree.getByRole("button", { name: "All" }).click();
  await expect(links).toHaveCount(4);
});

test("nothing found says which word to drop, and dropping it helps", async ({ page }) => {
  await page.goto(`${site.url}/?q=${encodeURIComponent("harbour zeppelin")}`);
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Drop zeppelin" }).click();
  await expect(page.getByRole("grid", { name: "Assets" }).getByRole("link")).toHaveCount(2);
});

test("a query that cannot be read shows where and what was expected, and the result before it is named and dimmed", async ({
  page,
}) => {
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(4);
  const box = page.getByRole("combobox", { name: "Search the library" });
  await box.fill("harbour");
  await expect(links).toHaveCount(2);
  const count = page.getByRole("search").getByRole("status");
  await expect(count).toContainText("2 results");

  await box.fill("mountain captoin:x");
  await expect(box).toHaveAttribute("aria-invalid", "true");
  const said = page.getByRole("search").getByRole("alert");
  await expect(said).toContainText("captoin");
  await expect(said).toContainText("caption");
  await expect(page.getByRole("search").locator("u")).toHaveText("captoin");
  // What the query before it found stays, but not as the answer.
  await expect(page.getByText("The search cannot be read. Below is what “harbour” found before.")).toBeVisible();
  await expect(count).toBeEmpty();
  await expect(links).toHaveCount(2);
  const opacity = () =>
    page.getByRole("grid", { name: "Assets" }).evaluate((grid) => {
      let seen = 1;
      for (let at: Element | null = grid; at; at = at.parentElement) seen *= Number(getComputedStyle(at).opacity);
      return seen;
    });
  expect(await opacity()).toBeLessThan(0.6);

  await box.fill("mountain");
  await expect(box).toHaveAttribute("aria-invalid", "false");
  await expect(links).toHaveCount(1);
  await expect(count).toContainText("1 result");
  await expect(page.getByText("The search cannot be read")).toBeHidden();
  await expect.poll(opacity).toBe(1);
});

test("a refused query leads back to the result that is still shown", async ({ page }) => {
  await page.goto(`${site.url}/?q=harbour`);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(2);
  const box = page.getByRole("combobox", { name: "Search the library" });
  await box.fill("harbour (boat");
  await page.getByRole("button", { name: "Back to it" }).click();
  await expect(box).toHaveValue("harbour");
  await expect(page.getByText("The search cannot be read")).toBeHidden();
  await expect(links).toHaveCount(2);
});

test("the back button goes from search to search: typed and rested, entered, clicked, but not letter by letter", async ({
  page,
}) => {
  await page.clock.install();
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(4);
  const box = page.getByRole("combobox", { name: "Search the library" });
  // Slowly enough that the address follows the letters on the way, and by a clock that no slow machine stretches: a
  // second of rest would be a step of its own.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000));
  for (const letter of "mountain") {
    await box.pressSequentially(letter);
    await page.clock.runFor(300);
  }
  await page.clock.resume();
  await expect(links).toHaveCount(1);
  await box.press("Enter");
  await box.fill("harbour");
  await box.press("Enter");
  await expect(links).toHaveCount(2);
  const keywords = page.getByRole("complementary", { name: "Filters" }).getByRole("region", { name: "Keywords" });
  await keywords.getByRole("button", { name: /^steel/ }).click();
  await expect(links).toHaveCount(1);

  const at = async (query: string, found: number) => {
    await expect(box).toHaveValue(query);
    await expect(links).toHaveCount(found);
  };
  await at("harbour keywords:steel", 1);
  await page.goBack();
  await at("harbour", 2);
  await page.goBack();
  await at("mountain", 1);
  await page.goBack();
  await at("", 4);
  await page.goForward();
  await at("mountain", 1);
});

test("a query that was typed and waited for is a step on the way back", async ({ page }) => {
  await page.clock.install();
  await page.goto(site.url);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links).toHaveCount(4);
  const box = page.getByRole("combobox", { name: "Search the library" });
  await box.fill("harbour");
  await expect(links).toHaveCount(2);
  await page.clock.fastForward(1500);
  await box.fill("harbour steel");
  await expect(links).toHaveCount(1);
  await page.goBack();
  await expect(box).toHaveValue("harbour");
  await expect(links).toHaveCount(2);
});

test("a search by words says and keeps its order, and another may be chosen", async ({ page }) => {
  await page.goto(site.url);
  const order = page.getByRole("button", { name: /^Order/ });
  await expect(order).toHaveText("Order: Added, newest first");
  const box = page.getByRole("combobox", { name: "Search the library" });
  await box.fill("harbour sort:-bytes");
  await expect(order).toHaveText("Order: Largest first");
  await box.fill("harbour");
  await expect(order).toHaveText("Order: Best match first");
  await order.click();
  await page.getByRole("menuitem", { name: "Name, A to Z" }).click();
  await expect(order).toHaveText("Order: Name, A to Z");
  await expect(page).toHaveURL(/sort=name/);
  const links = page.getByRole("grid", { name: "Assets" }).getByRole("link");
  await expect(links.first()).toHaveAccessibleName("Crane, crane.jpg");
  await order.click();
  await page.getByRole("menuitem", { name: "Best match first" }).click();
  await expect(order).toHaveText("Order: Best match first");
  await expect(page).toHaveURL(/sort=relevance/);
});
