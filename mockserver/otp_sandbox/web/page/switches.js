// Choices and faults as switches: how contested points are played, and what goes wrong on purpose.
import { get } from "./api.js";
import { badge, button, el, facts, form, notice } from "./dom.js";

export class Choices {
  constructor(lane, providers) {
    this.lane = lane;
    this.providers = providers;
    this.list = el("div");
    this.search = el("input", { type: "search", name: "search", placeholder: "Search  /", "aria-label": "Search choices", input: () => this.filter() });
    this.node = el("section.cards", { "aria-label": "Choices" }, el("h1", {}, "Choices"),
      el("p.muted", {}, "Where the documents of a provider disagree, you choose. Evidence says how the default is known."), this.search, this.list);
    this.load();
  }

  async load() {
    try {
      const [held, ...tables] = await Promise.all([
        this.lane.get("/choices"),
        ...this.providers.map((each) => get(`/providers/${each.name}/behaviours`)),
      ]);
      this.list.replaceChildren(...this.providers.map((provider, index) =>
        el("article", { "aria-label": provider.title }, el("header", {}, el("h2", {}, provider.title)),
          tables[index].behaviours.filter((each) => each.options).map((each) => this.choice(each, held[each.id])))));
      this.filter();
    } catch (error) {
      if (error.name !== "AbortError") notice(error.message, "problem");
    }
  }

  choice(behaviour, held) {
    const options = Object.entries(behaviour.options);
    const node = el("fieldset.choice", {}, el("legend", {}, behaviour.text),
      el("p.muted", {}, badge(behaviour.evidence), ` ${behaviour.source} · `, el("span.mono", {}, behaviour.id)),
      options.map(([id, text]) => el("label.check", {},
        el("input", { type: "radio", name: behaviour.id, value: id, checked: id === held, change: () => this.choose(behaviour, id) }),
        el("span", {}, text, id === behaviour.default ? el("small.muted", {}, " (default)") : null))));
    node.classList.toggle("changed", held !== behaviour.default);
    return node;
  }

  async choose(behaviour, option) {
    const body = { [behaviour.id]: option === behaviour.default ? null : option };
    if (!(await this.lane.act("PATCH", "/choices", body))) await this.load();
    else this.list.querySelector(`[name="${CSS.escape(behaviour.id)}"]`).closest("fieldset").classList.toggle("changed", option !== behaviour.default);
  }

  filter() {
    const word = this.search.value.toLowerCase();
    for (const each of this.list.querySelectorAll(".choice")) each.hidden = !each.textContent.toLowerCase().includes(word);
  }

  draw() {}

  show() {}
}

const PRESETS = {
  "lost-ack": "Sent, but the answer is lost",
  "ghost-delivery": "Accepted, and never arrives",
  "late-receipt": "The delivery report comes late",
  "duplicate-receipt": "The delivery report comes twice",
  "html-502": "An HTML page with status 502",
  slow: "Every answer takes long",
  flaky: "The first two calls fail",
  down: "Nothing is answered",
  "balance-runs-out": "Not enough balance",
};

export class Faults {
  constructor(lane, providers) {
    this.lane = lane;
    this.list = el("ul", { role: "list", "aria-label": "Faults" });
    this.provider = el("select", { name: "provider", "aria-label": "Provider" }, el("option", { value: "" }, "every provider"), providers.map((each) => el("option", { value: each.name }, each.title)));
    this.node = el("section.cards", { "aria-label": "Faults" }, el("h1", {}, "Faults"),
      el("p.muted", {}, "Let something go wrong on purpose. A fault that fires is told in the journal, never in the answer."),
      el("label", {}, "For ", this.provider),
      el("div.presets", {}, Object.entries(PRESETS).map(([preset, text]) =>
        el("button.preset", { type: "button", click: () => this.add({ preset, ...this.match() }) }, el("strong", {}, preset), el("span", {}, text)))),
      el("details", {}, el("summary", {}, "Another one, as JSON"),
        form(({ fault }) => {
          try {
            this.add(JSON.parse(fault));
          } catch (error) {
            notice(error.message, "problem");
          }
        }, el("label", {}, "Fault ", el("textarea", { name: "fault", rows: 3, required: true, placeholder: '{"action":{"outcome":"not_enough_balance"},"match":{"provider":"esms","calls":"1..2"},"when":"before"}' })), el("button", {}, "Add"))),
      this.list, el("div.actions", {}, button("Remove all", () => this.remove(""), { class: "quiet" })));
    this.load();
  }

  match() {
    return this.provider.value ? { match: { provider: this.provider.value } } : {};
  }

  async add(fault) {
    if (await this.lane.act("POST", "/faults", fault)) await this.load();
  }

  async remove(path) {
    if (await this.lane.act("DELETE", `/faults${path}`)) await this.load();
  }

  async load() {
    try {
      const { faults } = await this.lane.get("/faults");
      this.list.replaceChildren(...faults.map((fault) =>
        el("li", {}, el("article", { "aria-label": fault.name }, el("header", {}, el("h2", {}, fault.name), badge(fault.when), badge("fired", `fired ${fault.fired}`),
          button("Remove", () => this.remove(`/${encodeURIComponent(fault.name)}`), { class: "quiet" })),
          facts([["Action", el("code", {}, JSON.stringify(fault.action))], ["Match", el("code", {}, JSON.stringify(fault.match))],
            fault.uses_left !== null && fault.uses_left !== undefined && ["Uses left", fault.uses_left], fault.expires_at && ["Expires", fault.expires_at]])))));
    } catch (error) {
      if (error.name !== "AbortError") notice(error.message, "problem");
    }
  }

  /** A request may have met a fault: how often each fired is read anew. */
  draw() {
    if (this.seen === this.lane.logs.requests.version) return;
    const first = this.seen === undefined;
    this.seen = this.lane.logs.requests.version;
    if (!first) this.load();
  }

  show() {}
}
