/** What the login promises, whatever eSMS does. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch } from "../../js/otp-sandbox.mjs"; // copy this file into your project
import { serve } from "../serving.js";

const PHONE = "0901888484";
let sandbox, lane, shop;

before(async () => {
  sandbox = await launch();
});
after(() => sandbox.close());
beforeEach(async () => {
  lane = await sandbox.createLane();
  shop = await serve(lane);
});
afterEach(async () => {
  await shop.close();
  await lane.delete();
});

const post = (path, fields) => fetch(shop.url + path, { method: "POST", body: new URLSearchParams(fields) });
const send = () => post("/login", { phone: PHONE });
const enter = (code) => post("/login/code", { phone: PHONE, code });

test("the code logs in once", async () => {
  assert.equal((await send()).status, 200);
  const code = await lane.waitForCode(PHONE);

  assert.match(await (await enter(code)).text(), /Welcome/);
  assert.equal((await enter(code)).status, 403);
});

test("a code is good for five minutes", async () => {
  await lane.freeze();
  await send();
  const code = await lane.waitForCode(PHONE);
  await lane.advance("5m");

  assert.equal((await enter(code)).status, 403);
});

test("without money the page says so", async () => {
  await lane.changeAccount("esms", { balance: 0 });

  assert.equal((await send()).status, 503);
  await lane.noCode(PHONE);
});

for (const fault of ["html-502", "down", "lost-ack"]) {
  test(`when eSMS fails the page says so: ${fault}`, async () => {
    await lane.fault(fault);

    assert.equal((await send()).status, 503);
  });
}

test("nothing here would annoy the real eSMS", async () => {
  await send();
  await enter(await lane.waitForCode(PHONE));

  assert.deepEqual(await lane.lint(), []);
});
