/** How the journeys run: the real binary, Debian's Chromium, bounded time. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  globalSetup: "./generate.ts",
  // Each file has its own server, so files run beside each other and the tests of one after each other.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // As for the tests in Rust: continuous integration tries once more and names what needed it.
  retries: process.env.CI ? 1 : 0,
  // Far beyond what any needs: a machine with other work is slow, not wrong.
  timeout: 120_000,
  globalTimeout: 1_200_000,
  expect: { timeout: 30_000 },
  // `scripts/tally.sh` reads its last lines.
  reporter: [["list"]],
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1400, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
