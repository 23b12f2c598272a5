import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  // CHROMIUM names a browser of the system; otherwise it is the one that Playwright has installed.
  use: { launchOptions: { executablePath: process.env.CHROMIUM } },
});
