// Accounts as forms: whatever a provider keeps can be changed, and what has changed is sent as a patch.
import { button, el, form, notice } from "./dom.js";

export class Accounts {
  constructor(lane, providers) {
    this.lane = lane;
    this.providers = providers;
    this.node = el("section.cards", { "aria-label": "Accounts" }, el("h1", {}, "Accounts"),
      el("p.muted", {}, "null allows all. Only what you change is sent."));
    this.load();
  }

  async load() {
    for (const provider of this.providers) {
      const place = el("article", { "aria-label": provider.title });
      this.node.append(place);
      await this.fill(place, provider);
    }
  }

  async fill(place, provider) {
    try {
      const account = await this.lane.get(`/accounts/${provider.name}`);
      const fields = Object.entries(account).map(([name, value]) => field(name, value));
      place.replaceChildren(el("header", {}, el("h2", {}, provider.title)),
        form(async () => {
          const patch = {};
          for (const each of fields) {
            try {
              const value = each.read();
              if (JSON.stringify(value) !== JSON.stringify(account[each.name])) patch[each.name] = value;
            } catch (error) {
              notice(`${each.name}: ${error.message}`, "problem");
              return;
            }
          }
          if (!Object.keys(patch).length) notice("Nothing has changed");
          else if (await this.lane.act("PATCH", `/accounts/${provider.name}`, patch)) {
            notice(`${provider.title} is changed`);
            await this.fill(place, provider);
          }
        }, el("div.fields", {}, fields.map((each) => each.node)), el("div.actions", {}, el("button", {}, "Save"))));
    } catch (error) {
      if (error.name !== "AbortError") notice(error.message, "problem");
    }
  }

  draw() {}

  show() {}
}

const spell = (name) => name.replaceAll("_", " ");

/** Make the field of a value: what is read from it has the same kind. */
function field(name, value) {
  if (typeof value === "boolean") {
    const input = el("input", { type: "checkbox", checked: value });
    return { name, node: el("label.check", {}, input, el("span", {}, spell(name))), read: () => input.checked };
  }
  if (typeof value === "number") {
    const input = el("input", { type: "number", value, step: "any", required: true });
    return { name, node: el("label", {}, spell(name), input), read: () => Number(input.value) };
  }
  if (typeof value === "string") {
    const input = el(value.length > 40 ? "textarea" : "input", { dir: "auto", autocomplete: "off" });
    input.value = value;
    return { name, node: el("label", {}, spell(name), input), read: () => input.value };
  }
  if (Array.isArray(value)) return value.some((each) => typeof each === "object") ? objects(name, value) : lines(name, value);
  if (value !== null) return group(name, value);
  const input = el("input", { placeholder: "null", autocomplete: "off", "aria-label": spell(name) });
  return { name, node: el("label", {}, spell(name), el("small.muted", {}, " JSON or a text, empty is null"), input), read: () => loose(input.value) };
}

/** What was null may become anything: JSON if it can be read so, else a text. */
function loose(text) {
  if (!text.trim()) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function lines(name, value) {
  const input = el("textarea", { dir: "auto", rows: Math.min(6, value.length + 1), placeholder: "one a line" });
  input.value = value.join("\n");
  const numbers = value.length > 0 && value.every((each) => typeof each === "number");
  const read = () => input.value.split("\n").map((each) => each.trim()).filter(Boolean).map((each) => (numbers ? Number(each) : value.length ? each : loose(each)));
  return { name, node: el("label", {}, spell(name), el("small.muted", {}, " one a line"), input), read };
}

function group(name, value) {
  const fields = Object.entries(value).map(([key, each]) => field(key, each));
  const read = () => Object.fromEntries(fields.map((each) => [each.name, each.read()]));
  return { name, node: el("details", {}, el("summary", {}, spell(name)), el("fieldset", {}, el("legend.away", {}, spell(name)), el("div.fields", {}, fields.map((each) => each.node)))), read };
}

/** A list of objects: each a group that can be removed; a new one begins as the last one is. */
function objects(name, value) {
  const held = [];
  const list = el("div.entries");
  const add = (each) => {
    const fields = Object.entries(each).map(([key, one]) => field(key, one));
    const entry = { read: () => Object.fromEntries(fields.map((one) => [one.name, one.read()])) };
    const node = el("fieldset.entry", {}, el("legend.away", {}, spell(name)), el("div.fields", {}, fields.map((one) => one.node)), button("Remove", () => {
      held.splice(held.indexOf(entry), 1);
      node.remove();
    }, { class: "quiet" }));
    held.push(entry);
    list.append(node);
  };
  value.forEach(add);
  const more = button("Add one like the last", () => add(held.at(-1)?.read() ?? value[0]), { class: "quiet" });
  return { name, node: el("details", {}, el("summary", {}, `${spell(name)} (${value.length})`), list, more), read: () => held.map((each) => each.read()) };
}

