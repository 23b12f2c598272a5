// Makes elements. Whatever a message holds goes in as text: nothing here reads markup.

/**
 * Make an element.
 * @param {string} name of the element; classes follow after dots
 * @param {Object} [attributes] functions listen to the event of that name, null and false leave out
 * @param {...(Node|string|number|null|false|Array)} children
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((each) => each !== null && each !== false && each !== undefined));
  return node;
}

/** Text of others: its direction is its own, and it cannot turn what stands around it. */
export const bdi = (text) => el("bdi", { dir: "auto" }, text ?? "");

/** A mark for a state, coloured by its name. */
export const badge = (state, told = state) => el("span.badge", { "data-state": state }, told);

export const button = (label, click, attributes = {}) =>
  el("button", { type: "button", click, ...attributes }, label);

/** A list of names and values. */
export const facts = (pairs) =>
  el("dl.facts", {}, pairs.filter(Boolean).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));

/** The first characters of a text, none of them cut in half. */
export const shorten = (text, most) =>
  text.length <= most ? text : `${Array.from(text.slice(0, most + 1)).slice(0, -1).join("")}…`;

/** Put a text into the clipboard; pages that came by plain HTTP from another machine have the old way only. */
export async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = el("textarea.away", { "aria-hidden": "true" });
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** Tell something for some seconds. */
export function notice(text, kind = "told") {
  const place = document.getElementById("notices");
  while (place.children.length > 3) place.firstChild.remove();
  const node = el("p", { "data-kind": kind }, text);
  place.append(node);
  setTimeout(() => node.remove(), kind === "problem" ? 8000 : 3000);
}

/** A button that copies what it is given, or what a function gives. */
export const copyButton = (label, text, attributes = {}) =>
  button(
    label,
    async () => {
      const copied = typeof text === "function" ? await text() : text;
      await copy(copied);
      notice(`Copied ${shorten(copied, 60)}`);
    },
    { class: "quiet", ...attributes },
  );

/** What writes instants as the reader does, made when it is first needed. */
const writer = (options, made = null) => (at) => (made ??= new Intl.DateTimeFormat(undefined, options)).format(at);
const day = writer({ dateStyle: "medium" });
const clock = writer({ timeStyle: "medium" });
export const stamp = writer({ dateStyle: "medium", timeStyle: "medium" });

/** An instant as the reader writes it; the whole instant is its title. */
export function time(instant, now = null) {
  const at = new Date(instant);
  const today = now === null || at.toDateString() !== new Date(now).toDateString();
  return el("time", { datetime: instant, title: instant }, `${today ? `${day(at)}, ` : ""}${clock(at)}`);
}

/** A form whose fields are read as an object when it is sent. */
export function form(submit, ...children) {
  return el("form", {
    submit: (event) => {
      event.preventDefault();
      submit(Object.fromEntries(new FormData(event.target)), event.target);
    },
  }, ...children);
}
