// The control API: every call of the page goes through here, and each action is shown as the call that it made.
import { copyButton, el, notice } from "./dom.js";

export const ROOT = "/_sandbox/v1";
const TOKEN = "otp-sandbox-token";
const KEPT = 50;

/** A problem document of the control API. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.errors?.map((each) => `${each.field}: ${each.detail}`).join("; ") || document.detail || `HTTP ${status}`);
    this.status = status;
  }
}

let asking = null;

/** Ask for the control token; whoever asks meanwhile waits for the same answer. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token");
    const form = dialog.querySelector("form");
    if (sessionStorage.getItem(TOKEN)) {
      document.getElementById("token-told").textContent = "That is not the token of this sandbox. Try again.";
    }
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(TOKEN, form.elements.token.value);
      form.reset();
      dialog.close();
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

/** Call any path of this server with the token, which is asked for once. */
export async function call(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(TOKEN);
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${bytes(token)}` } : {}) };
    const answer = await fetch(path, { ...options, headers, cache: "no-store" });
    if (answer.status !== 401 || path.startsWith(ROOT) === false) return answer;
    if (token === sessionStorage.getItem(TOKEN)) await askForToken();
  }
}

/** A header takes bytes: those of the text in UTF-8. */
const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

async function read(answer) {
  const text = await answer.text();
  const document = (answer.headers.get("Content-Type") ?? "").includes("json") && text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Problem(answer.status, document);
  return document;
}

/** Read a resource. */
export const get = async (path, options = {}) => read(await call(ROOT + path, options));

/** Do something, and show the call. Gives null when it was refused; the reason is told. */
export async function act(method, path, body = undefined) {
  const entry = { method, path: ROOT + path, body, status: null };
  const options = { method };
  if (method !== "DELETE") {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body ?? {});
  }
  try {
    const answer = await call(entry.path, options);
    entry.status = answer.status;
    return await read(answer);
  } catch (error) {
    notice(error.message, "problem");
    return null;
  } finally {
    calls.unshift(entry);
    calls.length = Math.min(calls.length, KEPT);
    showCalls();
  }
}

const calls = [];

function showCalls() {
  const [last, ...before] = calls;
  document.getElementById("calls").replaceChildren(
    showCall(last),
    before.length
      ? el("details", {}, el("summary", {}, `${before.length} before`), el("ol", {}, before.map((each) => el("li", {}, showCall(each)))))
      : "",
  );
}

const showCall = (entry) =>
  el("span.call", {},
    el("span.badge", { "data-state": entry.status < 400 && entry.status ? "delivered" : "failed" }, entry.status ?? "—"),
    el("code", {}, `${entry.method} ${entry.path}${entry.body === undefined ? "" : ` ${JSON.stringify(entry.body)}`}`),
    copyButton("Copy as curl", curl(entry.method, entry.path, entry.body)),
  );

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Write a call of the control API for a shell; the token stays a variable. */
export function curl(method, path, body = undefined) {
  const words = ["curl -s"];
  if (method !== "GET") words.push(`-X ${method}`);
  words.push(quote(location.origin + path));
  if (sessionStorage.getItem(TOKEN)) words.push('-H "Authorization: Bearer $OTP_SANDBOX_CONTROL_TOKEN"');
  if (method !== "DELETE" && method !== "GET") {
    words.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body ?? {}))}`);
  }
  return words.join(" ");
}

/** Write a call of a provider for a shell: fields in the query, a form or JSON. */
export function providerCurl(method, path, fields, kind = "query") {
  const url = quote(location.origin + path);
  if (kind === "json") {
    return `curl -s -X ${method} ${url} \\\n  -H 'Content-Type: application/json' \\\n  -d ${quote(JSON.stringify(fields))}`;
  }
  const data = Object.entries(fields).map(([name, value]) => `  --data-urlencode ${quote(`${name}=${value}`)}`);
  const get = kind === "query" ? ["curl -sG", ...(method === "GET" ? [] : [`-X ${method}`])].join(" ") : "curl -s";
  return [`${get} ${url}`, ...data].join(" \\\n");
}
