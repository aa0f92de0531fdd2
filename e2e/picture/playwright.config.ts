/** How the README's picture is made: `npm run picture`, with the same binary and browser as the journeys. */
import { defineConfig } from "@playwright/test";
import journeys from "../playwright.config.ts";

export default defineConfig({
  ...journeys,
  testDir: ".",
  globalSetup: undefined,
  timeout: 300_000,
  outputDir: "../test-results",
});
