import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { CodeError, launch, Problem, Sandbox } from "./otp-sandbox.mjs";

const PHONE = "0901888484";
let sandbox;
let lane;

before(async () => {
  sandbox = await launch({ flags: ["--seed", "5", "--log-format", "text"] });
});
after(() => sandbox.close());
beforeEach(async (context) => {
  lane = await sandbox.createLane({ ttl: 3600 });
  context.after?.(() => lane.delete());
});

async function ask(path, fields) {
  return (await fetch(`${lane.baseUrl}${path}?${new URLSearchParams(fields)}`)).json();
}

function send(more = {}) {
  const fields = { ...lane.credentials.esms, Phone: PHONE, Brandname: "Sandbox", Type: "2", message: "{OTP} is it", ...more };
  return ask("/MainService.svc/json/SendMessageAutoGenCode_V4_get", fields);
}

test("a sandbox that was launched takes flags", async () => {
  assert.equal((await sandbox.info()).seed, 5);
  assert.equal((await sandbox.openLane()).id, "default");
});

test("the next code is waited for", async () => {
  const [first] = await Promise.all([lane.waitForCode(PHONE), send()]);
  await assert.rejects(lane.waitForCode("+84901888484", { timeout: 0 }), CodeError);
  await send();
  const second = await lane.waitForCode(PHONE, { timeout: "5s" });
  assert.deepEqual([first, second], (await lane.messages({ to: PHONE })).map((each) => each.code));
  assert.equal(await lane.code(PHONE), second);
});

test("why no code came is told", async () => {
  await send({ Brandname: "MyShop" });
  await assert.rejects(lane.waitForCode(PHONE, { timeout: 0.01 }), /no code was sent to 0901888484 .*req-1: .*MyShop/);
  await assert.rejects(lane.code(PHONE), CodeError);
});

test("that no code comes is made sure of, on the lane's clock", async () => {
  await lane.freeze(new Date("2026-01-01T00:00:00Z"));
  await lane.noCode(PHONE);
  await lane.noCode(PHONE, { within: "2m" });
  assert.equal(Date.parse((await lane.advance(0)).now), Date.parse("2026-01-01T00:02:00Z"));
  assert.equal(Date.parse((await lane.advance(new Date("2026-01-02T00:00:00Z"))).now), Date.parse("2026-01-02T00:00:00Z"));
  await send();
  await assert.rejects(lane.noCode(PHONE), CodeError);
});

test("a code that comes behind a message without one is no code missed", async () => {
  const fields = { Token: lane.credentials.amoot.Token, LineNumber: "Public" };
  await lane.freeze("2026-01-01T00:00:00Z");
  await ask("/rest/SendSimple", { ...fields, SMSMessageText: "Hello", Mobiles: "9121234567", SendDateTime: "" });
  await lane.noCode("9121234567", { within: "30s" });
  const later = { Mobile: "9121234567", CodeLength: 5, SendDateTime: "2026-01-01T00:01:00+00:00" };
  await ask("/rest/SendOTP", { ...fields, SMSMessageText: "%code%", ...later });
  await assert.rejects(lane.noCode("9121234567", { within: "1m" }), /a code was sent to 9121234567/);
});

test("a message without a code does not begin the time of a wait anew", async () => {
  const fields = { Token: lane.credentials.amoot.Token, LineNumber: "Public" };
  await lane.freeze("2026-01-01T00:00:00Z");
  const plain = { SMSMessageText: "Hello", Mobiles: "9121234567", SendDateTime: "2026-01-01T00:00:30+00:00" };
  await ask("/rest/SendSimple", { ...fields, ...plain });
  const later = { Mobile: "9121234567", CodeLength: 5, SendDateTime: "2026-01-01T00:01:01+00:00" };
  await ask("/rest/SendOTP", { ...fields, SMSMessageText: "%code%", ...later });
  await assert.rejects(lane.waitForCode("9121234567", { within: "PT1M" }), CodeError);
  assert.equal(Date.parse((await lane.advance(0)).now), Date.parse("2026-01-01T00:01:00Z"));
  assert.equal((await lane.waitForCode("9121234567", { within: "1s" })).length, 5);
});

test("nor does it in real time", async () => {
  const asked = [];
  const waiter = await sandbox.openLane(lane.id);
  waiter.ask = async (_, path, { query }) => {
    asked.push(parseInt(query.timeout, 10));
    for (const begun = performance.now(); performance.now() < begun + 3; );
    return { messages: asked.length < 3 ? [{ id: `m${asked.length}`, code: null }] : [], cursor: "1", near_misses: [] };
  };
  await assert.rejects(waiter.waitForCode(PHONE, { timeout: 5 }), CodeError);
  assert.ok(asked[0] === 5000 && asked[1] < asked[0] && asked[2] < asked[1], `asked for ${asked}`);
  asked.length = 0;
  await waiter.noCode(PHONE, { timeout: "1m0.5s" });
  assert.ok(asked[1] < 60_500 && asked[1] > 6_000 && asked[2] < asked[1], `asked for ${asked}`);
});

test("a lane that was reset gives its codes anew", async () => {
  await send();
  const code = await lane.waitForCode(PHONE);
  await lane.reset("faults");
  await assert.rejects(lane.waitForCode(PHONE, { timeout: 0 }), CodeError);
  await lane.reset();
  await send();
  assert.equal(await lane.waitForCode(PHONE, { timeout: 0 }), code);
});

test("a lane is steered", async () => {
  await lane.pin(PHONE, "135790");
  await send();
  assert.equal(await lane.waitForCode(PHONE, { within: "1s" }), "135790");
  await lane.changeAccount("esms", { balance: 0 });
  assert.equal((await lane.account("esms")).balance, 0);
  assert.equal((await lane.choose({ "esms.second-code": "keep-all" }))["esms.second-code"], "keep-all");
  assert.equal((await lane.fault("lost-ack")).when, "after");
  assert.equal((await lane.fault({ preset: "slow", match: { provider: "esms" }, ttl: 60 })).match.provider, "esms");
  await lane.clearFaults();
  const rental = await lane.rent();
  assert.equal((await lane.deliverSms(rental.id, "your code is 4321")).code, "4321");
  assert.equal((await lane.rentals()).length, 1);
  assert.deepEqual(await lane.callbacks(), []);
  const [request] = await lane.requests();
  assert.ok((await lane.request(request.id)).explanation.length > 0);
  assert.ok(Array.isArray(await lane.lint()));
  assert.equal((await lane.bundle()).kind, "otp-sandbox bundle");
  await lane.reset();
  assert.deepEqual(await lane.messages(), []);
});

test("variables are those that the command env prints", () => {
  assert.equal(lane.variables.ESMS_API_KEY, lane.credentials.esms.ApiKey);
  assert.equal(lane.variables.AMOOT_USER_NAME, lane.credentials.amoot.UserName);
  assert.equal(lane.variables.THUESIM_BASE_URL, sandbox.url);
});

test("a problem carries what is wrong", async () => {
  await assert.rejects(lane.freeze("soon"), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.status, 422);
    assert.equal(error.errors[0].field, "now");
    return true;
  });
  await assert.rejects(sandbox.openLane("nobody / at all"), { status: 404 });
  await assert.rejects(new Sandbox(`${sandbox.url}/`, { token: "x" }).ask("GET", "/nowhere"), { status: 404 });
});

test("a sandbox that does not start is an error", async () => {
  await assert.rejects(launch({ command: "no-such-command" }), /ENOENT/);
  await assert.rejects(launch({ flags: ["--seed", "many"] }), /status 2/);
});
