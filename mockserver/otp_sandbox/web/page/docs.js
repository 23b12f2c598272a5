// The API reference: operations of every provider and of the control API, each to be tried against this sandbox.
import { ROOT, call, curl, get, providerCurl } from "./api.js";
import { badge, copyButton, el, notice } from "./dom.js";
import { kindOf, resolve, sampleOf, showMember, showSchema, words } from "./schema.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const CONTROL = "control";
const place = (id) => document.getElementById(id);

let apis = [];
let credentials = {};
const loaded = new Map();
let shown = null;

/** Read the address: which API, which operation. */
function where() {
  const [api, operation = null] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { api: apis.some((each) => each.name === api) ? api : apis[0].name, operation };
}

async function read(api) {
  if (!loaded.has(api.name)) {
    const answer = await call(api.document);
    if (!answer.ok) throw new Error(`${api.document}: HTTP ${answer.status}`);
    const spec = await answer.json();
    loaded.set(api.name, { ...api, spec, operations: operationsOf(spec) });
  }
  return loaded.get(api.name);
}

/** List the operations; what stands below a lane, too, is shown once. */
function operationsOf(spec) {
  const found = [];
  for (const [path, item] of Object.entries(spec.paths)) {
    if (path.startsWith(`${ROOT}/lanes/{lane}/`) && path.replace("/lanes/{lane}", "") in spec.paths) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) => resolve(spec, each));
      found.push({ ...operation, id: operation.operationId, path, method: method.toUpperCase(), parameters, tag: operation.tags?.[0] ?? tagOf(path) });
    }
  }
  return found;
}

const tagOf = (path) => path.replace(ROOT, "").split("/").find((each) => each && each !== "_sandbox")?.replace(/\..*/, "") ?? "page";

async function go() {
  const { api: name, operation: id } = where();
  try {
    const api = await read(apis.find((each) => each.name === name));
    if (shown !== api) {
      shown = api;
      place("apis").replaceChildren(...apis.map((each) => el("a", { href: `#/${each.name}`, "aria-current": each.name === name ? "page" : null }, each.title)));
      listOperations();
    }
    for (const each of place("operations").querySelectorAll("a")) {
      if (each.hash === location.hash) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    }
    const operation = api.operations.find((each) => each.id === id);
    place("main").replaceChildren(operation ? showOperation(api, operation) : showApi(api));
    place("main").scrollTop = 0;
    document.title = `${operation?.id ?? api.title} · API reference · otp-sandbox`;
  } catch (error) {
    place("main").replaceChildren(el("p", { role: "alert" }, error.message));
  }
}

function listOperations() {
  const word = place("search").value.toLowerCase();
  const tags = new Map();
  for (const each of shown.operations) {
    if (!`${each.id} ${each.path} ${each.summary ?? ""}`.toLowerCase().includes(word)) continue;
    tags.set(each.tag, [...(tags.get(each.tag) ?? []), each]);
  }
  place("operations").replaceChildren(...[...tags].map(([tag, operations]) =>
    el("section", {}, el("h2", {}, tag), el("ul", {}, operations.map((each) =>
      el("li", {}, el("a", { href: `#/${shown.name}/${encodeURIComponent(each.id)}`, title: `${each.method} ${each.path}` },
        el("span.method", { "data-method": each.method }, each.method), el("span", {}, shown.name === CONTROL ? each.path.replace(ROOT, "") : each.id))))))));
}

function showApi(api) {
  const { info } = api.spec;
  return el("section.cards", {}, el("h1", {}, info.title), words(info.description ?? info.summary),
    el("p", {}, `${api.operations.length} operations. The document itself: `, api.downloads.map((each) => [el("a", { href: each, download: true }, each), " "])),
    api.name === CONTROL ? words("Paths below a lane stand here once: each is there below `/lanes/{lane}`, too.") : null,
    api.spec.tags?.length ? el("dl.schema", {}, api.spec.tags.map((each) => el("div", {}, el("dt", {}, each.name), el("dd", {}, words(each.description))))) : null);
}

function showOperation(api, operation) {
  const body = resolve(api.spec, operation.requestBody);
  return el("section.cards", {},
    el("h1", {}, operation.id),
    el("p.mono", {}, el("span.method", { "data-method": operation.method }, operation.method), " ", operation.path),
    el("p", {}, el("strong", {}, operation.summary)), words(operation.description),
    operation.parameters.length ? [el("h2", {}, "Parameters"), el("dl.schema", {}, operation.parameters.map((each) =>
      showMember(api.spec, each.name, { ...resolve(api.spec, each.schema), description: each.description }, each.required, 0, each.in)))] : null,
    body.content ? [el("h2", {}, "Body"), words(body.description), Object.entries(body.content).map(([kind, { schema }], index) =>
      el("details", { open: index === 0 }, el("summary", {}, kind), showSchema(api.spec, schema)))] : null,
    tryIt(api, operation, body),
    el("h2", {}, "Answers"),
    Object.entries(operation.responses).map(([status, given]) => showResponse(api.spec, status, resolve(api.spec, given))));
}

function showResponse(spec, status, response) {
  const [[kind, content] = []] = Object.entries(response.content ?? {});
  const examples = Object.entries(content?.examples ?? {}).map(([name, each]) => [name, resolve(spec, each)]);
  return el("details", { open: status === "200" || status === "201" },
    el("summary", {}, badge(status < "300" ? "passed" : "refused", status), ` ${kind ?? "no body"}`),
    words(response.description),
    content?.schema ? showSchema(spec, content.schema) : null,
    examples.map(([name, each]) => el("details", {}, el("summary", {}, `Example: ${name}`), words(each.summary), el("pre", { tabindex: "0" }, el("code", {}, write(each.value))))));
}

const write = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** A form that calls the operation here, with the credentials of the lane `default`. */
function tryIt(api, operation, body) {
  const own = Object.fromEntries(Object.entries(credentials[api.name] ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const kinds = Object.entries(body.content ?? {});
  const inputs = [];
  const field = (name, where, schema, required, example) => {
    const values = schema.enum ?? (schema.const === undefined ? null : [schema.const]);
    const input = values
      ? el("select", { name }, required ? null : el("option", { value: "" }, ""), values.map((each) => el("option", {}, String(each))))
      : el("input", { name, autocomplete: "off", dir: "auto", placeholder: kindOf(api.spec, schema) });
    input.value = own[name.toLowerCase()] ?? (required || values === null ? text(example ?? (required ? sampleOf(api.spec, schema) : "")) : "");
    inputs.push({ name, where, input });
    return el("label", {}, name, required ? el("small.muted", {}, " required") : null, input);
  };
  const parameters = operation.parameters.filter((each) => each.in !== "header").map((each) =>
    field(each.name, each.in, resolve(api.spec, each.schema), each.required, each.example ?? firstOf(each.examples)));
  const named = new Set(operation.parameters.map((each) => each.name));
  for (const name of secretsOf(api.spec, operation, "query")) if (!named.has(name)) parameters.push(field(name, "query", {}, true));
  const kind = el("select", { "aria-label": "Content type" }, kinds.map(([each]) => el("option", {}, each)));
  const content = el("textarea", { rows: 8, "aria-label": "Body", spellcheck: "false" });
  const hint = el("small.muted");
  const fill = () => {
    hint.textContent = isForm(kind.value) ? "one field a line: name=value" : "";
    const { schema, examples, example } = body.content[kind.value];
    const value = firstOf(examples) ?? example ?? sampleOf(api.spec, schema);
    const sample = typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, own[name.toLowerCase()] ?? each])) : value;
    content.value = isForm(kind.value) && typeof sample === "object" ? Object.entries(sample).map(([name, each]) => `${name}=${text(each)}`).join("\n") : write(sample);
  };
  kind.addEventListener("change", fill);
  if (kinds.length) fill();
  const result = el("div", { role: "status" });
  const request = () => build(operation, inputs, kinds.length ? kind.value : null, content.value);
  return el("article.try", { "aria-label": "Try it" }, el("h2", {}, "Try it"),
    el("form", { submit: (event) => { event.preventDefault(); send(api, request(), result); } },
      el("div.fields", {}, parameters),
      kinds.length ? [kinds.length > 1 ? kind : el("p.muted", {}, kinds[0][0]), hint, content] : null,
      el("div.actions", {}, el("button", {}, "Send"), copyButton("Copy as curl", () => asCurl(api, request())),
        api.name === CONTROL ? null : el("a", { href: "/_sandbox/#/default/requests" }, "See why in the inbox"))),
    result);
}

const firstOf = (examples) => Object.values(examples ?? {})[0]?.value;
const text = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));
const isForm = (kind) => /form/.test(kind ?? "");

/** Name the credentials of an operation that stand at some place. */
function secretsOf(spec, operation, where) {
  const [needed = {}] = operation.security ?? spec.security ?? [];
  return Object.keys(needed).map((each) => spec.components.securitySchemes[each]).filter((each) => each?.type === "apiKey" && each.in === where).map((each) => each.name);
}

function build(operation, inputs, kind, content) {
  let { path } = operation;
  const query = [];
  for (const { name, where, input } of inputs) {
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value !== "") query.push([name, input.value]);
  }
  const form = isForm(kind) ? content.split("\n").filter((each) => each.includes("=")).map((each) => [each.slice(0, each.indexOf("=")).trim(), each.slice(each.indexOf("=") + 1)]) : null;
  return { method: operation.method, path, query, kind, content, form };
}

const target = ({ path, query }) => path + (query.length ? `?${new URLSearchParams(query)}` : "");

async function send(api, request, result) {
  const options = { method: request.method, headers: {} };
  if (request.kind?.includes("multipart")) {
    options.body = new FormData();
    for (const [name, value] of request.form) options.body.append(name, value);
  } else if (request.kind) {
    options.headers["Content-Type"] = request.kind;
    options.body = request.form ? new URLSearchParams(request.form).toString() : request.content;
  }
  const started = performance.now();
  try {
    const answer = await (api.name === CONTROL ? call(target(request), options) : fetch(target(request), options));
    const kind = answer.headers.get("Content-Type") ?? "";
    const told = /audio|image|octet/.test(kind) ? `${(await answer.arrayBuffer()).byteLength} bytes` : await answer.text();
    result.replaceChildren(el("p", {}, badge(answer.ok ? "passed" : "refused", `HTTP ${answer.status}`), el("span.muted", {}, ` ${kind} · ${Math.round(performance.now() - started)} ms`)),
      el("pre", { tabindex: "0", "aria-label": "Answer" }, el("code", { dir: "auto" }, pretty(told))));
  } catch (error) {
    notice(error.message, "problem");
  }
}

function asCurl(api, request) {
  if (api.name === CONTROL) return curl(request.method, target(request), request.kind ? JSON.parse(request.content) : undefined);
  if (!request.kind) return providerCurl(request.method, request.path, Object.fromEntries(request.query));
  if (request.form) return providerCurl(request.method, target(request), Object.fromEntries(request.form), "form");
  if (request.kind.includes("json")) return providerCurl(request.method, target(request), JSON.parse(request.content), "json");
  return `curl -s -X ${request.method} '${location.origin}${target(request)}' -H 'Content-Type: ${request.kind}' --data-binary '${request.content.replaceAll("'", "'\\''")}'`;
}

function pretty(told) {
  try {
    return JSON.stringify(JSON.parse(told), null, 2);
  } catch {
    return told;
  }
}

async function begin() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      place("search").focus();
    }
  });
  place("search").addEventListener("input", listOperations);
  window.addEventListener("hashchange", go);
  const [{ providers }, lane] = await Promise.all([get("/providers"), get("/lanes/default")]);
  credentials = lane.credentials;
  apis = [
    ...providers.map(({ name, title, specs }) => ({ name, title, document: specs.find((each) => each.endsWith(".json")), downloads: specs })),
    { name: CONTROL, title: "Control API", document: `${ROOT}/openapi.json`, downloads: [`${ROOT}/openapi.json`] },
  ];
  await go();
}

begin().catch((error) => place("main").append(el("p", { role: "alert" }, error.message)));
