// Messages, as they look on a phone, with the code and its life.
import { curl, providerCurl } from "./api.js";
import { badge, bdi, button, copyButton, el, facts, shorten, time } from "./dom.js";
import { countdown } from "./clock.js";
import { lifeOf } from "./lane.js";
import { Panes, choice, digits, fold } from "./panes.js";

const PREVIEW = 160;
const STATES = ["queued", "sent", "delivered", "failed", "rejected"];
const LIVES = ["active", "used", "expired", "superseded"];
const FORCED = ["delivered", "failed", "rejected"];

export class Messages {
  constructor(lane, providers) {
    this.lane = lane;
    this.providers = providers;
    this.search = el("input", { type: "search", name: "search", placeholder: "Search  /", "aria-label": "Search messages" });
    this.number = el("input", { type: "search", name: "number", placeholder: "Number", "aria-label": "Number", inputmode: "tel" });
    this.provider = choice("provider", "Provider", providers.map((each) => each.name));
    this.state = choice("state", "State", STATES);
    this.state.append(el("optgroup", { label: "code" }, LIVES.map((each) => el("option", { value: each }, each))));
    this.panes = new Panes({
      name: "Messages",
      filters: [this.search, this.number, this.provider, this.state],
      entries: () => this.entries(),
      total: () => this.log.size,
      isRead: () => this.log.isRead,
      row: (message) => this.row(message),
      detail: (id) => this.detail(id),
      mark: (id) => this.mark(id),
      empty: () => this.empty(),
    });
    this.node = this.panes.node;
  }

  get log() {
    return this.lane.logs.messages;
  }

  get version() {
    return `${this.log.version} ${this.lane.logs.codes.version}`;
  }

  /** Newest first. */
  entries() {
    const [words, number] = [fold(this.search.value).split(/\s+/).filter(Boolean), digits(this.number.value)];
    const [provider, state] = [this.provider.value, this.state.value];
    const found = [];
    for (let index = this.log.entries.length - 1; index >= 0; index -= 1) {
      const message = this.log.entries[index];
      if (provider && message.provider !== provider) continue;
      if (state && message.state !== state && this.lifeOf(message) !== state) continue;
      if (number && !message.to.includes(number)) continue;
      if (words.length) {
        message.shown ??= fold(`${message.to} ${message.sender} ${message.text} ${message.code ?? ""} ${message.id}`);
        if (!words.every((word) => message.shown.includes(word) || (digits(word).length > 5 && message.to.includes(digits(word))))) continue;
      }
      found.push(message);
    }
    return found;
  }

  lifeOf(message) {
    const code = this.lane.codeOf(message);
    return code === null ? null : lifeOf(code, this.lane.now());
  }

  href(message) {
    return `#/${encodeURIComponent(this.lane.id)}/messages/${encodeURIComponent(message.id)}`;
  }

  row(message) {
    const code = this.lane.codeOf(message);
    return {
      label: [message.to, message.state, message.code === null ? "" : `code ${message.code}`, this.lifeOf(message)].filter(Boolean).join(", "),
      href: this.href(message),
      mark: [message.queued_until, code?.expires_at],
      children: () => [
        el("span.row-top", {}, el("strong", {}, el("bdi", { dir: "ltr" }, message.to)), time(message.created_at, this.lane.now())),
        el("span.row-text", { dir: "auto" }, shorten(message.text, PREVIEW)),
        el("span.row-meta", {}, badge(message.state), el("span.muted", {}, message.provider, " · ", message.channel, " · ", bdi(message.sender))),
        message.code === null ? null : el("span.row-code", {}, el("code", { dir: "auto" }, message.code), this.life(message, code)),
      ],
    };
  }

  /** How long a code lives, or how its life ended. */
  life(message, code) {
    if (message.state === "queued" && message.queued_until) {
      return el("span.life", {}, countdown(message.queued_until, this.lane, { prefix: "queued, ", ended: "queued" }));
    }
    if (code === null) return null;
    const life = lifeOf(code, this.lane.now());
    if (life !== "active") return badge(life);
    return code.expires_at === null ? badge("active") : el("span.life", {}, countdown(code.expires_at, this.lane));
  }

  detail(id) {
    const message = this.log.one(id);
    if (message === null) return el("p.muted.hint", {}, this.lane.loaded ? "This message is not here any more." : "…");
    const code = this.lane.codeOf(message);
    return el("article", {},
      el("header", {},
        el("a.back", { href: `#/${encodeURIComponent(this.lane.id)}/messages`, "aria-label": "Back to the list" }, "‹"),
        el("div", {}, el("h2", {}, el("bdi", { dir: "ltr" }, message.to)),
          el("p.muted", {}, `${this.title(message.provider)} · ${message.channel} · `, bdi(message.sender))),
        badge(message.state),
      ),
      message.code === null ? null : this.big(message, code),
      el("div.phone", { "data-channel": message.channel },
        el("p.phone-sender", {}, bdi(message.sender), message.channel === "sms" ? null : ` (${message.channel})`),
        el("p.bubble", { dir: "auto" }, message.text),
        el("p.phone-time", {}, time(message.created_at, this.lane.now())),
      ),
      facts([
        ["Encoding", message.encoding],
        ["Segments", message.segments],
        ["Price", message.price.toLocaleString()],
        message.queued_until && ["Queued until", time(message.queued_until, this.lane.now())],
        ["Operation", message.operation],
        ["Request", el("a", { href: `#/${encodeURIComponent(this.lane.id)}/requests/${encodeURIComponent(message.request_id)}` }, message.request_id)],
        ["Id", el("span.mono", {}, message.id)],
      ]),
      el("h3", {}, "Timeline"),
      el("ol.timeline", {}, message.timeline.map((each) => el("li", {}, badge(each.state), " ", time(each.at, this.lane.now())))),
      el("h3", {}, "Force a delivery state"),
      el("div.actions", { role: "group", "aria-label": "Force a delivery state" },
        FORCED.map((state) => button(state, () => this.force(message, state), {
          disabled: message.state === state || message.state === "queued" || null, class: "quiet" }))),
    );
  }

  big(message, code) {
    const alive = code !== null && lifeOf(code, this.lane.now()) === "active" && code.expires_at !== null && message.state !== "queued";
    return el("div.big-code", {},
      el("code", { dir: "auto", "aria-label": `Code ${message.code}` }, message.code),
      copyButton(["Copy code ", el("kbd", {}, "c")], message.code, { class: "" }),
      el("p", {}, code === null && message.state !== "queued" ? null : alive ? ["lives ", this.life(message, code)] : this.life(message, code),
        alive ? el("progress", { max: (Date.parse(code.expires_at) - Date.parse(code.issued_at)) / 1000, "aria-label": "Rest of its life",
          value: Math.max(0, (Date.parse(code.expires_at) - this.lane.now()) / 1000) }) : null,
        code?.used_at ? [" at ", time(code.used_at, this.lane.now())] : null),
    );
  }

  /** What the open entry shows: it is drawn anew when that has changed. */
  mark(id) {
    const message = this.log.one(id);
    const code = message && this.lane.codeOf(message);
    return [this.lane.loaded, message, code, code && lifeOf(code, this.lane.now())];
  }

  title(provider) {
    return this.providers.find((each) => each.name === provider)?.title ?? provider;
  }

  async force(message, state) {
    const changed = await this.lane.act("POST", `/messages/${encodeURIComponent(message.id)}/status`, { state });
    if (changed) this.lane.put("messages", [changed]);
    this.panes.refresh();
  }

  /** The code on which the reader is: of the entry with the focus, of the open one, else of the newest. */
  codeAtHand() {
    const at = this.panes.rows.at ?? this.panes.rows.entries[0]?.id;
    return this.log.one(at)?.code ?? null;
  }

  empty() {
    const { esms } = this.lane.credentials;
    const path = "/MainService.svc/json/SendMessageAutoGenCode_V4_get";
    const command = providerCurl("GET", path, {
      ApiKey: esms?.ApiKey ?? "…", SecretKey: esms?.SecretKey ?? "…", Phone: "0901888484", Brandname: "Sandbox", Type: "2", message: "{OTP} is your code" });
    return firstCurl("No message yet", "Send a code as your backend would. It appears here at once.", command,
      ["Or let a test wait for it:", curl("GET", `/_sandbox/v1${this.lane.path("/messages/wait")}?timeout=30s`)]);
  }

  draw() {
    this.panes.draw(this.version);
  }

  show(id) {
    this.panes.show(id);
  }
}

/** What stands where nothing is yet: the command that changes that. */
export const firstCurl = (title, text, command, more = null) =>
  el("div.empty", {}, el("h2", {}, title), el("p", {}, text), el("pre", {}, el("code", {}, command)), copyButton("Copy this curl", command, { class: "" }),
    more && [el("p.muted", {}, more[0]), el("pre", {}, el("code", {}, more[1]))]);
