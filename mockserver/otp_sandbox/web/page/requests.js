// Requests to the providers: how each was answered, why, and what would make it pass.
import { call, curl, get, providerCurl, act } from "./api.js";
import { badge, bdi, button, copyButton, el, facts, notice, time } from "./dom.js";
import { firstCurl } from "./messages.js";
import { Panes, choice, fold } from "./panes.js";

const MASK = "***";

export class Requests {
  constructor(lane, providers) {
    this.lane = lane;
    this.providers = providers;
    this.explained = new Map();
    this.search = el("input", { type: "search", name: "search", placeholder: "Search  /", "aria-label": "Search requests" });
    this.provider = choice("provider", "Provider", providers.map((each) => each.name));
    this.which = el("select", { name: "which", "aria-label": "Which requests" },
      [["", "Which: all"], ["passed", "passed"], ["refused", "refused"], ["unmatched", "unmatched"], ["warned", "with warnings"]].map(([value, told]) => el("option", { value }, told)));
    this.panes = new Panes({
      name: "Requests",
      filters: [this.search, this.provider, this.which],
      entries: () => this.entries(),
      total: () => this.log.size,
      isRead: () => this.log.isRead,
      row: (request) => this.row(request),
      detail: (id) => this.detail(id),
      mark: (id) => this.mark(id),
      empty: () => firstCurl("No request yet", "Each request to a provider is kept here, with the reason for its answer.", `curl -s '${location.origin}/api/?show=balance&token=${this.lane.credentials.thuesim?.token ?? "…"}'`),
    });
    this.node = this.panes.node;
  }

  get log() {
    return this.lane.logs.requests;
  }

  entries() {
    const words = fold(this.search.value).split(/\s+/).filter(Boolean);
    const [provider, which] = [this.provider.value, this.which.value];
    const found = [];
    for (let index = this.log.entries.length - 1; index >= 0; index -= 1) {
      const request = this.log.entries[index];
      if (provider && request.provider !== provider) continue;
      if (which === "unmatched" && request.operation !== null) continue;
      if (which === "passed" && !request.success) continue;
      if (which === "refused" && (request.success || request.operation === null)) continue;
      if (which === "warned" && !request.warnings.length) continue;
      if (words.length) {
        request.shown ??= fold(`${request.id} ${request.path} ${request.operation ?? "unmatched"} ${request.outcome ?? ""} ${request.code ?? ""} ${Object.values(request.fields).join(" ")}`);
        if (!words.every((word) => request.shown.includes(word))) continue;
      }
      found.push(request);
    }
    return found;
  }

  row(request) {
    const unmatched = request.operation === null;
    return {
      label: `${request.id}, ${request.operation ?? request.path}, ${unmatched ? "unmatched" : request.outcome}`,
      href: `#/${encodeURIComponent(this.lane.id)}/requests/${encodeURIComponent(request.id)}`,
      mark: null,
      children: () => [
        el("span.row-top", {}, el("strong", {}, unmatched ? bdi(`${request.method} ${request.path}`) : request.operation), time(request.at, this.lane.now())),
        el("span.row-text", { dir: "auto" }, Object.entries(request.fields).filter(([, value]) => value !== MASK).map(([name, value]) => `${name}=${value}`).join("  ").slice(0, 160)),
        el("span.row-meta", {},
          unmatched ? badge("unmatched") : badge(request.success ? "passed" : "refused", request.outcome),
          el("span.muted", {}, `${request.provider ?? "nobody"} · ${request.id} · HTTP ${request.status}`),
          request.warnings.length ? badge("warning", `${request.warnings.length} warning${request.warnings.length > 1 ? "s" : ""}`) : null,
          request.magic ? badge("magic") : null, request.fault ? badge("fault", `fault ${request.fault}`) : null),
        request.code === null ? null : el("span.row-code", {}, el("code", {}, String(request.code))),
      ],
    };
  }

  /** What the open entry shows: it is drawn anew when that has changed. */
  mark(id) {
    return this.explained.has(id);
  }

  detail(id) {
    const request = this.explained.get(id) ?? this.log.one(id);
    if (!this.explained.has(id)) this.explain(id);
    if (request === null) return el("p.muted.hint", {}, "…");
    const { remedy = null, explanation = null } = request;
    return el("article", {},
      el("header", {},
        el("a.back", { href: `#/${encodeURIComponent(this.lane.id)}/requests`, "aria-label": "Back to the list" }, "‹"),
        el("div", {}, el("h2", {}, request.operation ?? "Met no operation"), el("p.muted", {}, bdi(`${request.method} ${request.path}`))),
        request.operation === null ? badge("unmatched") : badge(request.success ? "passed" : "refused", request.outcome),
      ),
      remedy && el("section.remedy", { "aria-label": "What would make this pass" },
        el("h3", {}, "What would make this pass"),
        el("pre", {}, el("code", {}, `${remedy.method} ${remedy.path}\n${JSON.stringify(remedy.body, null, 2)}`)),
        el("div.actions", {}, button("Do it", () => this.remedy(remedy)), copyButton("Copy as curl", curl(remedy.method, remedy.path, remedy.body)))),
      request.warnings.length ? el("section", { "aria-label": "Warnings" }, el("h3", {}, "Warnings"), el("ul", {}, request.warnings.map((each) => el("li", {}, bdi(each))))) : null,
      el("h3", {}, "Explanation"),
      explanation === null ? el("p.muted", { "aria-busy": "true" }, "…") : el("ol.steps", {}, explanation.map(step)),
      el("h3", {}, "Sent"),
      el("div.table", { tabindex: "0", role: "region", "aria-label": "Fields" }, el("table", {}, el("tbody", {}, Object.entries(request.fields).map(([name, value]) =>
        el("tr", {}, el("th", { scope: "row" }, bdi(name)), el("td", {}, bdi(value))))))),
      el("div.actions", {}, copyButton("Copy as curl", () => this.curl(request))),
      el("h3", {}, "Answered"),
      facts([["HTTP", request.status], ["Code", request.code ?? "—"], ["Outcome", request.outcome ?? "—"], ["Took", `${request.duration_ms} ms`], ["At", time(request.at, this.lane.now())]]),
      el("pre", { tabindex: "0", "aria-label": "Answer" }, el("code", { dir: "auto" }, pretty(request.response))),
    );
  }

  async explain(id) {
    try {
      const request = await this.lane.get(`/requests/${encodeURIComponent(id)}`);
      this.explained.clear(); // one is enough: what a code has become may be told anew
      this.explained.set(id, request);
      if (this.panes.open === id) this.panes.refresh();
    } catch (error) {
      if (error.name !== "AbortError") notice(error.message, "problem");
    }
  }

  async remedy(remedy) {
    const done = await act(remedy.method, remedy.path.replace(/^\/_sandbox\/v1/, ""), remedy.body);
    if (done) notice("Done. Send the request again.");
  }

  /** Write a request for a shell, with the lane's own credentials in the place of what is masked. */
  async curl(request) {
    const own = Object.fromEntries(Object.entries(this.lane.credentials[request.provider] ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const filled = (name, value) => (value === MASK ? (own[name.toLowerCase()] ?? value) : value);
    const fields = Object.fromEntries(Object.entries(request.fields).map(([name, value]) => [name, filled(name, value)]));
    if (request.operation === null) return providerCurl(request.method, request.path, fields);
    const { operations } = await get(`/providers/${request.provider}/operations`);
    const operation = operations.find((each) => each.name === request.operation && each.method === request.method);
    let path = request.path;
    for (const { name, places } of operation?.fields ?? []) {
      if (places.includes("path")) {
        path = operation.path.replace(/\{(\w+)\}/g, (_, each) => encodeURIComponent(fields[each] ?? own[each.toLowerCase()] ?? ""));
        delete fields[name];
      }
    }
    return providerCurl(request.method, path.replace(/#.*/, ""), fields, request.method === "GET" ? "query" : await bodyOf(request));
  }

  draw() {
    this.panes.draw(`${this.log.version} ${this.log.isRead}`);
  }

  show(id) {
    this.panes.show(id);
  }
}

/** How the body of an operation is written: as a form where it may be one, else as JSON. */
async function bodyOf(request) {
  const answer = await call(`/_sandbox/specs/${request.provider}.json`);
  const item = answer.ok ? (await answer.json()).paths[request.path] : null;
  const kinds = Object.keys(item?.[request.method.toLowerCase()]?.requestBody?.content ?? {});
  if (kinds.some((each) => each.includes("form-urlencoded"))) return "form";
  return kinds.some((each) => each.includes("json")) ? "json" : "query";
}

function step(text) {
  const [, yes] = /: (yes|no)\b/.exec(text) ?? [];
  return el("li", { "data-step": text.startsWith("warning") ? "warning" : text.startsWith("this lets it pass") ? "remedy" : (yes ?? "told") }, bdi(text));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
