/** Fixtures for Playwright: a sandbox for a worker, a lane and the application for a test. */

import { test as base } from "@playwright/test";
import { launch } from "../../js/otp-sandbox.mjs"; // copy this file into your project
import { serve } from "../serving.js";

export { expect } from "@playwright/test";

export const test = base.extend({
  sandbox: [
    async ({}, use) => {
      const sandbox = await launch();
      await use(sandbox);
      await sandbox.close();
    },
    { scope: "worker" },
  ],
  lane: async ({ sandbox }, use) => {
    const lane = await sandbox.createLane();
    await use(lane);
    await lane.delete();
  },
  baseURL: async ({ lane }, use) => {
    const shop = await serve(lane);
    await use(shop.url);
    await shop.close();
  },
});
