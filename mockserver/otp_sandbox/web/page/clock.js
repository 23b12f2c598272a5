// The lane's clock, and what moves it; countdowns that follow it.
import { badge, button, el, notice, stamp } from "./dom.js";

/** Draw the clock of a lane into its place. */
export function drawClock(place, lane) {
  const { mode, offset, next_due: due } = lane.clock;
  const frozen = mode === "frozen";
  const told = { real: "real time", offset: `${offset.startsWith("-") ? "" : "+"}${offset}`, frozen: "frozen" }[mode];
  const shown = JSON.stringify([lane.id, mode, told, due]);
  if (place.shown === shown) return;
  const at = place.contains(document.activeElement) ? [...place.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  place.shown = shown;
  place.replaceChildren(
    el("time", { "data-clock": true, "aria-label": "The lane's time" }),
    badge(mode, told),
    el("div", { role: "group", "aria-label": "Move the clock" },
      frozen
        ? button("Run", () => set(lane, { mode: "offset", offset: offsetOf(lane) }), { title: "Let it run on from here" })
        : button("Freeze", () => set(lane, { mode: "frozen" }), { title: "Let it stand still" }),
      button("+1 m", () => advance(lane, { by: "1m" }), { title: "One minute on" }),
      button("+5 m", () => advance(lane, { by: "5m" }), { title: "Five minutes on" }),
      button("Next due", () => advance(lane, { to: lane.clock.next_due }), {
        disabled: due === null, title: due === null ? "Nothing is due" : `On to ${due}, when the next thing falls due`,
      }),
      button("Real", () => set(lane, { mode: "real" }), { disabled: mode === "real", title: "Back to real time" }),
    ),
  );
  if (at >= 0) place.querySelectorAll("button")[at]?.focus();
  tick(lane);
}

function offsetOf(lane) {
  return `${Math.round((lane.now() - Date.now()) / 1000)}s`;
}

async function set(lane, wanted) {
  const clock = await lane.act("PUT", "/clock", wanted);
  if (clock) lane.setClock(clock);
}

async function advance(lane, by) {
  const advanced = await lane.act("POST", "/clock/advance", by);
  if (!advanced) return;
  const counts = new Map();
  for (const { kind } of advanced.fired) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  notice(counts.size ? `Fired: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(", ")}` : "Nothing was due");
  lane.setClock(advanced);
}

/** Let everything that shows the time follow it. */
export function tick(lane) {
  const now = lane.now();
  for (const node of document.querySelectorAll("[data-clock]")) {
    node.textContent = stamp(now);
    node.dateTime = new Date(now).toISOString();
  }
  for (const node of document.querySelectorAll("[data-until]")) drawCountdown(node, now);
}

/** A countdown to an instant of the lane's clock; `ended` is what it says then. */
export function countdown(until, lane, { whole = null, ended = "expired", prefix = "" } = {}) {
  const node = el("span.countdown", { "data-until": until, "data-whole": whole, "data-ended": ended, "data-prefix": prefix });
  drawCountdown(node, lane.now());
  return node;
}

function drawCountdown(node, now) {
  const left = Date.parse(node.dataset.until) - now;
  const text = left > 0 ? `${node.dataset.prefix}${spell(left)}` : node.dataset.ended;
  if (node.textContent === text) return;
  node.textContent = text;
  node.classList.toggle("soon", left > 0 && left < 60_000);
  node.classList.toggle("over", left <= 0);
  const bar = node.parentElement?.querySelector("progress");
  if (bar) bar.value = Math.max(0, left / 1000);
}

function spell(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
