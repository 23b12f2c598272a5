/**
 * A client of the control API of otp-sandbox, in one file without dependencies. Copy it into your project.
 *
 *     const sandbox = await launch();                        // or: new Sandbox("http://127.0.0.1:6877")
 *     const lane = await sandbox.createLane();
 *     await yourBackend({url: lane.baseUrl, ...lane.credentials.esms}).login("0901888484");
 *     const code = await lane.waitForCode("0901888484");
 *     await lane.delete();
 *     await sandbox.close();
 *
 * It needs `fetch`: Node 18 or newer, Deno, Bun, or a browser whose origin the sandbox allows. Lengths of time are
 * seconds, or texts like "2m1s"; instants are texts of ISO 8601, or a Date. What has no method here, `ask` reaches.
 */

/** @typedef {number | string} Length */
/** @typedef {string | Date} Instant */
/** @typedef {Record<string, any>} Json */
/** @typedef {{field: string, detail: string}} WrongField */
/** @typedef {{preset?: string, action?: Json, match?: Json, name?: string, when?: "before" | "after", uses?: number, ttl?: Length}} Fault */
/** @typedef {{id?: string, seed?: number, clock?: Json, choices?: Record<string, string>, ttl?: Length, accounts?: Record<string, Json>, credentials?: Record<string, Record<string, string>>, any_sender?: boolean}} NewLane */
/** @typedef {{id: string, lane: string, provider: string, operation: string, to: string, sender: string, channel: string, text: string, code: string | null, state: string, created_at: string, request_id: string}} Message */
/** @typedef {{id: string, phone: string, service: string, carrier: string, price: number, state: "waiting" | "done" | "expired", expires_at: string, sms: string | null, code: string | null, is_call: boolean}} Rental */

/** The sandbox refuses, and says why (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {string} title @param {string} detail @param {WrongField[]} errors */
  constructor(status, title, detail, errors) {
    super(`${status} ${title}: ${[detail, ...errors.map((each) => `${each.field}: ${each.detail}`)].join("; ")}`);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }
}

/** A code was expected, and none came; or none was, and one came. */
export class CodeError extends Error {}

/** A sandbox that runs. */
export class Sandbox {
  /**
   * @param {string} [url] default: `OTP_SANDBOX_URL`, else port 6877 of this machine
   * @param {{token?: string, stop?: () => Promise<void>}} [more] the control token (default:
   *   `OTP_SANDBOX_CONTROL_TOKEN`), and what `close` does
   */
  constructor(url, { token, stop } = {}) {
    this.url = (url ?? fromEnvironment("OTP_SANDBOX_URL") ?? "http://127.0.0.1:6877").replace(/\/+$/, "");
    /** @private */
    this.token = token ?? fromEnvironment("OTP_SANDBOX_CONTROL_TOKEN") ?? "";
    /** @private */
    this.stop = stop;
  }

  /** Stop the sandbox if `launch` has started it. */
  async close() {
    await this.stop?.();
  }

  /** Make a lane. @param {NewLane} [wanted] @returns {Promise<Lane>} */
  async createLane(wanted = {}) {
    const body = { ...wanted, ...(wanted.ttl === undefined ? {} : { ttl: length(wanted.ttl) }) };
    return new Lane(this, await this.ask("POST", "/lanes", { body }));
  }

  /** Get a lane that is there. @param {string} [id] @returns {Promise<Lane>} */
  async openLane(id = "default") {
    return new Lane(this, await this.ask("GET", `/lanes/${encodeURIComponent(id)}`));
  }

  /** Get version, seed and settings in force. @returns {Promise<Json>} */
  info() {
    return this.ask("GET", "/info");
  }

  /**
   * Ask the control API anything; paths are below `/_sandbox/v1`.
   *
   * @param {string} method
   * @param {string} path
   * @param {{query?: Record<string, string | number | undefined>, body?: Json}} [more]
   * @returns {Promise<any>} the JSON of the answer; undefined where there is none
   * @throws {Problem} the sandbox refuses
   */
  async ask(method, path, { query = {}, body } = {}) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) asked.set(name, String(value));
    }
    const writes = ["POST", "PUT", "PATCH"].includes(method);
    const answer = await fetch(`${this.url}/_sandbox/v1${path}${String(asked) && `?${asked}`}`, {
      method,
      headers: {
        ...(writes ? { "Content-Type": "application/json" } : {}),
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
      },
      body: writes ? JSON.stringify(body ?? {}) : undefined,
    });
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : undefined;
    const told = read(text);
    throw new Problem(answer.status, told.title ?? answer.statusText, told.detail ?? text.slice(0, 200), told.errors ?? []);
  }
}

/** A lane: accounts, messages, codes, clock and journal of its own. */
export class Lane {
  /** @param {Sandbox} sandbox @param {Json} told */
  constructor(sandbox, told) {
    this.sandbox = sandbox;
    /** @type {string} */
    this.id = told.id;
    /** Where the providers answer. @type {string} */
    this.baseUrl = told.base_url;
    /** By provider, under the names that the provider has for them. @type {Record<string, Record<string, string>>} */
    this.credentials = told.credentials;
    /** @type {number} */
    this.seed = told.seed;
    /** @private @type {Map<string, string>} */
    this.cursors = new Map();
    /** @private @type {Set<string>} */
    this.given = new Set();
  }

  /** Environment variables that point an application at this lane. @returns {Record<string, string>} */
  get variables() {
    /** @type {Record<string, string>} */
    const variables = { OTP_SANDBOX_URL: this.baseUrl };
    for (const [provider, held] of Object.entries(this.credentials)) {
      variables[`${provider.toUpperCase()}_BASE_URL`] = this.baseUrl;
      for (const [name, value] of Object.entries(held)) {
        variables[`${provider}_${name.replace(/(?<=[a-z])(?=[A-Z])/g, "_")}`.toUpperCase()] = value;
      }
    }
    return variables;
  }

  /** Ask anything about this lane. @param {string} method @param {string} path @param {{query?: Record<string, string | number | undefined>, body?: Json}} [more] @returns {Promise<any>} */
  ask(method, path, more) {
    return this.sandbox.ask(method, `/lanes/${encodeURIComponent(this.id)}${path}`, more);
  }

  /** Delete the lane. @returns {Promise<void>} */
  delete() {
    return this.ask("DELETE", "");
  }

  /** Bring the lane, or parts of it, back to its creation. @param {...string} what */
  async reset(...what) {
    await this.ask("POST", "/reset", { body: what.length ? { what } : {} });
    this.cursors.clear();
    if (!what.length || what.includes("messages")) this.given.clear(); // the same ids are drawn again
  }

  /**
   * Wait for the next code that is sent to a phone: newer than the one that this method gave last.
   *
   * @param {string} phone in any spelling that a provider takes
   * @param {{timeout?: Length, within?: Length, provider?: string}} [how] `timeout` (default: 5 seconds, 60 at most) is
   *   real time; `within` moves the lane's clock on instead, so far at most
   * @returns {Promise<string>}
   * @throws {CodeError} none came
   */
  async waitForCode(phone, { timeout = 5, within, provider } = {}) {
    for await (const time of this.countdown(timeout, within)) {
      const waited = await this.wait({ to: phone, provider, after: this.cursors.get(phone), ...time });
      this.cursors.set(phone, waited.cursor);
      const found = this.fresh(waited.messages).at(-1);
      if (found?.code) {
        this.given.add(found.id);
        return found.code;
      }
      if (!waited.messages.length) {
        const told = waited.near_misses.map((/** @type {Json} */ each) => `${each.request_id}: ${each.reason}`).join("; ");
        throw new CodeError(`no code was sent to ${phone} in lane ${this.id}${told && ` (${told})`}`);
      }
    }
    throw new Error("unreachable: a countdown has no end of its own");
  }

  /**
   * Make sure that no code is sent to a phone after the one that `waitForCode` gave last.
   *
   * @param {string} phone
   * @param {{timeout?: Length, within?: Length}} [how] how long: in real time, or on the lane's clock
   * @throws {CodeError} one came
   */
  async noCode(phone, { timeout = 0, within } = {}) {
    let after = this.cursors.get(phone);
    for await (const time of this.countdown(timeout, within)) {
      const waited = await this.wait({ to: phone, after, count: 0, ...time });
      const found = this.fresh(waited.messages).at(0);
      if (found) throw new CodeError(`a code was sent to ${phone} in lane ${this.id}: ${found.id} of ${found.operation}`);
      if (!waited.messages.length) return;
      after = waited.cursor; // what came without a code ended the wait: it goes on behind that
    }
  }

  /** Give the code of the newest message to a phone, without waiting. @param {string} phone @returns {Promise<string>} */
  async code(phone) {
    const { messages } = await this.ask("GET", "/messages", { query: { to: phone } });
    const found = messages.findLast((/** @type {Message} */ each) => each.code && each.state !== "queued");
    if (!found) throw new CodeError(`no code was sent to ${phone} in lane ${this.id}`);
    return found.code;
  }

  /** List messages, newest last. @param {{to?: string, provider?: string, after?: string, limit?: number}} [query] @returns {Promise<Message[]>} */
  async messages(query = {}) {
    return (await this.ask("GET", "/messages", { query })).messages;
  }

  /** Set the next code of a phone. @param {string} phone @param {string} code @param {number} [times] @returns {Promise<Json>} */
  pin(phone, code, times = 1) {
    return this.ask("PUT", `/codes/${encodeURIComponent(phone)}`, { body: { code, times } });
  }

  /** Let the clock stand still. @param {Instant} [now] @returns {Promise<Json>} */
  freeze(now) {
    return this.ask("PUT", "/clock", { body: { mode: "frozen", ...(now === undefined ? {} : { now: instant(now) }) } });
  }

  /** Move the clock on, by a length or to a Date, and let happen what falls due on the way. @param {Length | Date} by @returns {Promise<Json>} */
  advance(by) {
    return this.ask("POST", "/clock/advance", { body: by instanceof Date ? { to: instant(by) } : { by: length(by) } });
  }

  /** Let something go wrong: a preset by name, or a fault as the control API has it. @param {string | Fault} fault @returns {Promise<Json>} */
  fault(fault) {
    const body = typeof fault === "string" ? { preset: fault } : fault;
    return this.ask("POST", "/faults", { body: { ...body, ...(body.ttl === undefined ? {} : { ttl: length(body.ttl) }) } });
  }

  /** Take all faults back. @returns {Promise<void>} */
  clearFaults() {
    return this.ask("DELETE", "/faults");
  }

  /** Choose how contested behaviours are played. @param {Record<string, string | null>} choices @returns {Promise<Record<string, string>>} */
  choose(choices) {
    return this.ask("PATCH", "/choices", { body: choices });
  }

  /** Get the account at a provider. @param {string} provider @returns {Promise<Json>} */
  account(provider) {
    return this.ask("GET", `/accounts/${encodeURIComponent(provider)}`);
  }

  /** Change the account at a provider (JSON merge patch). @param {string} provider @param {Json} patch @returns {Promise<Json>} */
  changeAccount(provider, patch) {
    return this.ask("PATCH", `/accounts/${encodeURIComponent(provider)}`, { body: patch });
  }

  /** Rent a number. @param {string} [service] @returns {Promise<Rental>} */
  rent(service) {
    return this.ask("POST", "/rentals", { body: service === undefined ? {} : { service } });
  }

  /** List rented numbers, newest last. @returns {Promise<Rental[]>} */
  async rentals() {
    return (await this.ask("GET", "/rentals")).rentals;
  }

  /** Let an SMS arrive at a rented number. @param {string} rental @param {string} text @returns {Promise<Rental>} */
  deliverSms(rental, text) {
    return this.ask("POST", `/rentals/${encodeURIComponent(rental)}/sms`, { body: { text } });
  }

  /** List callbacks with every attempt, newest last. @returns {Promise<Json[]>} */
  async callbacks() {
    return (await this.ask("GET", "/callbacks")).callbacks;
  }

  /** List the requests that came, newest last. @returns {Promise<Json[]>} */
  async requests() {
    return (await this.ask("GET", "/requests")).requests;
  }

  /** Get a request with its explanation. @param {string} id @returns {Promise<Json>} */
  request(id) {
    return this.ask("GET", `/requests/${encodeURIComponent(id)}`);
  }

  /** List what is wrong with the client. @returns {Promise<Json[]>} */
  async lint() {
    return (await this.ask("GET", "/lint")).findings;
  }

  /** Get what `otp-sandbox replay` plays again. @returns {Promise<Json>} */
  bundle() {
    return this.ask("GET", "/bundle");
  }

  /** Wait for messages, in real time or on the lane's clock. @private @param {Json} asked @returns {Promise<Json>} */
  wait(asked) {
    return asked.within === undefined
      ? this.ask("GET", "/messages/wait", { query: asked })
      : this.ask("POST", "/messages/wait", { body: asked });
  }

  /**
   * Give the time that is left, again and again: a message without a code ends a wait, and does not begin it anew.
   *
   * @private @param {Length} timeout @param {Length | undefined} within @returns {AsyncGenerator<Json>}
   */
  async *countdown(timeout, within) {
    const [name, whole] = within === undefined ? ["timeout", timeout] : ["within", within];
    const now = async () => (within === undefined ? performance.now() : Date.parse((await this.ask("GET", "/clock")).now));
    const end = (await now()) + milliseconds(whole);
    for (let left = length(whole); ; left = `${Math.round(Math.max(0, end - (await now())))}ms`) yield { [name]: left };
  }

  /** Leave out what was given already, what is older than that, and what has no code. @private @param {Message[]} messages */
  fresh(messages) {
    const last = messages.findLastIndex((each) => this.given.has(each.id));
    return messages.slice(last + 1).filter((each) => each.code);
  }
}

/**
 * Start a sandbox on a free port. It also ends with this process, however that comes about. Node, Deno and Bun only.
 *
 * @param {{command?: string, flags?: string[]}} [how] the command, and flags of `otp-sandbox serve`
 * @returns {Promise<Sandbox>}
 */
export async function launch({ command = "otp-sandbox", flags = [] } = {}) {
  const processes = "node:child_process"; // a browser has none, and need not look for it
  const { spawn } = await import(processes);
  const words = ["serve", "--port", "0", ...flags, "--until-eof", "--log-format", "json"];
  const variables = /** @type {any} */ (globalThis).process.env;
  const env = { ...variables, OTP_SANDBOX_LOG_REQUESTS: "false" }; // the output is for the tests
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "inherit"], detached: true, env });
  const url = await new Promise((resolve, reject) => {
    let told = "";
    child.on("error", reject);
    child.on("exit", (/** @type {number} */ status) => reject(new Error(`the sandbox ended with status ${status}`)));
    child.stdout.on("data", (/** @type {string} */ piece) => {
      told += piece;
      if (told.includes("\n")) resolve(JSON.parse(told).url);
    });
  });
  for (const each of [child, child.stdin, child.stdout]) each.unref();
  const stop = () =>
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      if (child.exitCode !== null) return resolve();
      child.ref();
      child.on("exit", () => resolve());
      child.stdin.end();
    });
  return new Sandbox(url, { stop });
}

/** @param {string} name @returns {string | undefined} */
function fromEnvironment(name) {
  const variables = /** @type {any} */ (globalThis).process?.env ?? {};
  return variables[name] || undefined;
}

/** @param {Length} value */
function length(value) {
  return typeof value === "number" ? `${Math.round(value * 1000)}ms` : value;
}

/** @param {Length} value */
function milliseconds(value) {
  /** @type {Record<string, number>} */
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const parts = [...length(value).toLowerCase().matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0);
}

/** @param {Instant} value */
function instant(value) {
  return value instanceof Date ? value.toISOString() : value;
}

/** @param {string} text @returns {Json} */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
