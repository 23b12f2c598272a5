/** A person logs in: a browser shows the page, and the sandbox is the phone. */

import { expect, test } from "./fixtures.js";

const PHONE = "0901888484";

test("a person logs in", async ({ page, lane }) => {
  await page.goto("/");
  await page.getByLabel("Phone").fill(PHONE);
  await page.getByRole("button", { name: "Send code" }).click();

  await page.getByLabel("Code").fill(await lane.waitForCode(PHONE));
  await page.getByRole("button", { name: "Log in" }).click();

  await expect(page.getByRole("heading")).toHaveText(`Welcome, ${PHONE}`);
});
