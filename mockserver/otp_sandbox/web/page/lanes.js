// Lanes: make one, see its credentials, reset it, delete it.
import { act, get } from "./api.js";
import { button, copyButton, el, facts, form, notice } from "./dom.js";

const PARTS = ["messages", "codes", "rentals", "accounts", "callbacks", "requests", "faults", "clock", "choices", "limits"];

export class Lanes {
  /** `choose` goes to a lane; `changed` is told when there are others. */
  constructor(lane, { choose, changed, reload }) {
    this.lane = lane;
    Object.assign(this, { choose, changed, reload });
    this.list = el("ul", { role: "list", "aria-label": "Lanes" });
    this.node = el("section.cards", { "aria-label": "Lanes" }, el("h1", {}, "Lanes"),
      el("p.muted", {}, "A lane is a world of its own: accounts, messages, codes, clock. A request finds its lane by the credentials that it carries."),
      form(({ id, seed }, node) => this.make(id, seed).then((made) => made && node.reset()),
        el("div.two", {}, el("label", {}, "Name ", el("input", { name: "id", placeholder: "lane-1", autocomplete: "off", maxlength: 100 })),
          el("label", {}, "Seed ", el("input", { name: "seed", type: "number", step: 1, placeholder: "made from the name" }))),
        el("button", {}, "Make a lane")),
      this.list);
    this.load();
  }

  async load() {
    try {
      const { lanes } = await get("/lanes?limit=1000", { signal: this.lane.stopped.signal });
      this.list.replaceChildren(...[...lanes].reverse().map((each) => el("li", {}, this.card(each))));
    } catch (error) {
      if (error.name !== "AbortError") notice(error.message, "problem");
    }
  }

  card(lane) {
    const path = `/lanes/${encodeURIComponent(lane.id)}`;
    const what = el("select", { name: "what", "aria-label": "What to reset" }, el("option", { value: "" }, "everything"), PARTS.map((each) => el("option", { value: each }, each)));
    return el("article", { "aria-label": lane.id, class: lane.id === this.lane.id ? "changed" : null },
      el("header", {}, el("h2", {}, el("a", { href: `#/${encodeURIComponent(lane.id)}/messages` }, lane.id)),
        el("div.actions", {}, what,
          button("Reset", () => this.reset(lane, what.value), { class: "quiet" }),
          lane.id === "default" ? null : button("Delete", () => this.remove(lane, path), { class: "quiet danger" }))),
      facts([["Seed", lane.seed], ["Lives unused", lane.ttl],
        ...Object.entries(lane.credentials).map(([provider, fields]) => [provider, Object.entries(fields).map(([name, value]) =>
          el("span.credential", {}, el("span.muted", {}, `${name} `), el("code", {}, value), copyButton("Copy", value, { "aria-label": `Copy ${name} of ${provider}` })))])]));
  }

  async make(id, seed) {
    const body = { ...(id ? { id } : {}), ...(seed ? { seed: Number(seed) } : {}) };
    const made = await act("POST", "/lanes", body);
    if (made) {
      notice(`Lane ${made.id} is made`);
      await Promise.all([this.load(), this.changed()]);
    }
    return made;
  }

  async reset(lane, what) {
    const done = await act("POST", `${lane.id === "default" ? "" : `/lanes/${encodeURIComponent(lane.id)}`}/reset`, what ? { what: [what] } : {});
    if (!done) return;
    notice(`Lane ${lane.id} is reset`);
    if (lane.id === this.lane.id) this.reload();
    else await this.load();
  }

  async remove(lane, path) {
    if (!(await act("DELETE", path))) return;
    notice(`Lane ${lane.id} is deleted`);
    if (lane.id === this.lane.id) this.choose("default");
    await Promise.all([this.load(), this.changed()]);
  }

  draw() {}

  show() {}
}
