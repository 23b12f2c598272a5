// The inbox page: chooses lane and view, and listens to the keyboard.
import { get } from "./api.js";
import { copy, el, notice, shorten, stamp } from "./dom.js";
import { drawClock, tick } from "./clock.js";
import { LaneView } from "./lane.js";
import { follow } from "./live.js";
import { Messages } from "./messages.js";

const LANES_MOST = 1000;
/** The views: all but the first are loaded when they are first shown. */
const VIEWS = {
  messages: ["Messages", () => new Messages(lane, providers)],
  requests: ["Requests", async () => new (await import("./requests.js")).Requests(lane, providers)],
  rentals: ["Rentals", async () => new (await import("./arrivals.js")).Rentals(lane)],
  callbacks: ["Callbacks", async () => new (await import("./arrivals.js")).Callbacks(lane)],
  accounts: ["Accounts", async () => new (await import("./accounts.js")).Accounts(lane, providers)],
  choices: ["Choices", async () => new (await import("./switches.js")).Choices(lane, providers)],
  faults: ["Faults", async () => new (await import("./switches.js")).Faults(lane, providers)],
  lanes: ["Lanes", async () => new (await import("./lanes.js")).Lanes(lane, { choose, changed: listLanes, reload: () => open(lane.id) })],
};
const choose = (id) => (location.hash = `#/${encodeURIComponent(id)}/messages`);
const place = (id) => document.getElementById(id);

let lane = null;
let view = null;
let at = { name: null, id: null };
let providers = [];
let ring = 10_000;
let known = null;
let made = new Map();

/** Read the address: lane, view, entry. */
function where() {
  const [id = "default", name = "messages", entry = null] = location.hash.replace(/^#\/?/, "").split("/").map((each) => decodeURIComponent(each));
  return { lane: id || "default", name: name in VIEWS ? name : "messages", id: entry || null };
}

async function go() {
  let wanted = where();
  if (lane === null || lane.id !== wanted.lane) {
    open(wanted.lane);
    return;
  }
  if (!lane.loaded) return;
  if (at.name !== wanted.name || view === null) {
    const mine = lane;
    const shown = made.get(wanted.name) ?? (await VIEWS[wanted.name][1]());
    if (mine !== lane || where().name !== wanted.name) return; // somebody was faster
    view = shown;
    if (view.panes) made.set(wanted.name, view); // filters stay as they are
    place("main").replaceChildren(view.node);
    document.title = `${VIEWS[wanted.name][0]} · ${lane.id} · otp-sandbox`;
    wanted = where();
  }
  at = wanted;
  drawViews();
  view.draw();
  view.show(wanted.id);
}

/** Go to a lane: read what it holds, then follow it. */
function open(id) {
  lane?.stop();
  lane = new LaneView(id, ring, () => drawAll());
  const mine = lane;
  [view, made] = [null, new Map()];
  at = { name: null, id: null };
  place("live").textContent = "connecting";
  follow(mine, {
    loaded: async () => {
      await known;
      if (mine === lane) await go();
    },
    state: (state, error) => mine === lane && showState(state, error),
    fault: (fault) => mine === lane && notice(`Fault ${fault.name} fired`),
  });
}

function showState(state, error) {
  if (!lane.loaded && state !== "live") showLost(state, error);
  const told = { live: "live", lost: "connection lost, trying again", gone: "this lane is gone" }[state];
  if (place("live").textContent !== told) place("live").textContent = told;
  place("live").dataset.state = state;
}

function showLost(state, error) {
  const gone = state === "gone";
  place("main").replaceChildren(el("div.empty", {}, el("h1", {}, gone ? `Lane ${lane.id} does not exist` : "The sandbox does not answer"),
    el("p", {}, gone ? el("a", { href: "#/default/messages" }, "Go to the lane default") : `${error?.message ?? ""} The page tries again.`)));
}

function drawAll() {
  drawClock(place("clock"), lane);
  if (view === null) return;
  view.draw();
  view.panes?.refresh();
  drawViews();
}

function drawViews() {
  const counts = { messages: lane.logs.messages.size, requests: lane.logs.requests.size, rentals: lane.logs.rentals.size, callbacks: lane.logs.callbacks.size };
  const text = JSON.stringify([lane.id, at.name, counts]);
  if (place("views").shown === text) return;
  place("views").shown = text;
  const focus = place("views").contains(document.activeElement) ? document.activeElement.hash : null;
  place("views").replaceChildren(
    ...Object.keys(VIEWS).map((each) =>
      el("li", {}, el("a", { href: `#/${encodeURIComponent(lane.id)}/${each}`, "aria-current": each === at.name ? "page" : null }, VIEWS[each][0],
        counts[each] ? el("span.count", { "aria-hidden": "true" }, String(counts[each])) : null))),
    el("li.apart", {}, el("a", { href: "/_sandbox/docs" }, "API reference")),
  );
  if (focus) place("views").querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus();
}

async function listLanes() {
  const { lanes } = await get(`/lanes?limit=${LANES_MOST}`);
  const ids = lanes.map((each) => each.id);
  if (!ids.includes(where().lane)) ids.push(where().lane);
  place("lane").replaceChildren(...ids.map((each) => el("option", { value: each, selected: each === where().lane }, each)));
}

let going = false;

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    if (field) field.blur();
    else if (at.id !== null) close();
    return;
  }
  if (field) return;
  const rows = view?.panes?.rows;
  const number = going ? Number(event.key) : 0;
  going = event.key === "g";
  if (number) document.querySelectorAll("#views a")[number - 1]?.click();
  else if (event.key === "/") view?.node.querySelector('input[type="search"]')?.focus();
  else if (event.key === "j") rows?.move(1);
  else if (event.key === "k") rows?.move(-1);
  else if (event.key === "c") copyCode();
  else if (event.key === "?") place("help").showModal();
  else return;
  event.preventDefault();
}

function close() {
  const id = at.id;
  location.hash = `#/${encodeURIComponent(lane.id)}/${at.name}`;
  const index = view.panes?.rows.entries.findIndex((each) => each.id === id) ?? -1;
  if (index >= 0) requestAnimationFrame(() => view.panes.rows.focus(index));
}

async function copyCode() {
  const code = view?.codeAtHand?.() ?? null;
  if (code === null) return;
  await copy(code);
  notice(`Copied ${shorten(code, 60)}`);
}

async function begin() {
  document.addEventListener("keydown", press);
  window.addEventListener("hashchange", go);
  place("help-button").addEventListener("click", () => place("help").showModal());
  place("lane").addEventListener("change", (event) => (location.hash = `#/${encodeURIComponent(event.target.value)}/${at.name ?? "messages"}`));
  setInterval(() => {
    if (lane === null || document.hidden) return;
    tick(lane);
    view?.draw();
    view?.panes?.refresh();
  }, 1000);
  known = Promise.all([get("/info"), get("/providers")]).then(([info, played]) => {
    lane.ring = ring = info.settings.ring;
    providers = played.providers;
  });
  const asked = [known, go(), listLanes()];
  stamp(0); // the first one takes a browser long: it is made while the answers are on their way
  await Promise.all(asked);
}

begin().catch((error) => place("main").append(el("p", { role: "alert" }, error.message)));
