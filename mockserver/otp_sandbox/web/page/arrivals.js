// Rented numbers, at which something may arrive, and callbacks, which can be sent again.
import { providerCurl } from "./api.js";
import { badge, bdi, button, copyButton, el, facts, form, notice, time } from "./dom.js";
import { countdown } from "./clock.js";
import { firstCurl } from "./messages.js";

const SHOWN = 200;

/** The newest entries of a log as cards, drawn anew when the log has changed. */
class Cards {
  constructor(lane, kind, title) {
    this.lane = lane;
    this.log = lane.logs[kind];
    this.node = el("section.cards", { "aria-label": title }, el("h1", {}, title));
    this.cards = el("ul", { role: "list", "aria-label": title });
    this.rest = el("div");
    this.node.append(this.cards, this.rest);
    this.drawn = new Map();
  }

  draw() {
    if (this.version === this.log.version || !this.log.isRead) return;
    this.version = this.log.version;
    const shown = this.log.entries.slice(-SHOWN).reverse();
    const cards = shown.map((entry) => {
      const text = JSON.stringify(entry);
      const before = this.drawn.get(entry.id);
      if (before?.text === text) return before;
      return { id: entry.id, text, node: el("li", {}, this.card(entry)) };
    });
    this.drawn = new Map(cards.map((each) => [each.id, each]));
    const focus = document.activeElement;
    this.cards.replaceChildren(...cards.map((each) => each.node));
    if (focus instanceof HTMLElement && this.cards.contains(focus)) focus.focus();
    this.rest.replaceChildren(
      shown.length ? "" : this.empty(),
      this.log.size > SHOWN ? el("p.muted", {}, `The newest ${SHOWN} of ${this.log.size} are shown.`) : "",
    );
  }

  show() {}
}

export class Rentals extends Cards {
  constructor(lane) {
    super(lane, "rentals", "Rentals");
  }

  card(rental) {
    const path = `/rentals/${encodeURIComponent(rental.id)}`;
    const waits = rental.state === "waiting";
    return el("article", { "aria-label": `${rental.phone}, ${rental.state}` },
      el("header", {}, el("h2", {}, el("bdi", { dir: "ltr" }, rental.phone)), badge(rental.state),
        waits ? el("span.life", {}, countdown(rental.expires_at, this.lane)) : null,
        rental.code === null ? null : el("code.card-code", {}, rental.code), rental.code === null ? null : copyButton("Copy", rental.code)),
      facts([["Service", rental.service], ["Carrier", rental.carrier], ["Price", rental.price.toLocaleString()], ["Id", el("span.mono", {}, rental.id)]]),
      rental.sms ? el("p.bubble", { dir: "auto" }, rental.sms) : null,
      rental.is_call ? el("p.muted", {}, "A call has read the code out.") : null,
      waits ? el("div.two", {},
        form(async ({ text }, node) => this.arrive(path, "sms", { text }) && node.reset(),
          el("label", {}, "SMS ", el("input", { name: "text", required: true, placeholder: "481516 is your code", autocomplete: "off" })), el("button", {}, "Let it arrive")),
        form(async ({ code }, node) => this.arrive(path, "call", { code }) && node.reset(),
          el("label", {}, "Call that reads ", el("input", { name: "code", required: true, placeholder: "059809", autocomplete: "off", maxlength: 20 })), el("button", {}, "Let it ring")),
      ) : null,
    );
  }

  async arrive(path, kind, body) {
    const rental = await this.lane.act("POST", `${path}/${kind}`, body);
    if (rental) this.lane.put("rentals", [rental]);
    return rental;
  }

  empty() {
    return firstCurl("No number is rented", "Rent one as your backend would. Then let an SMS or a call arrive there.",
      providerCurl("GET", "/api/register-service/", { serviceId: "02.97", token: this.lane.credentials.thuesim?.token ?? "…" }));
  }
}

export class Callbacks extends Cards {
  constructor(lane) {
    super(lane, "callbacks", "Callbacks");
  }

  card(callback) {
    return el("article", { "aria-label": `${callback.id}, ${callback.state}` },
      el("header", {}, el("h2", {}, `${callback.provider} ${callback.event}`), badge(callback.state),
        button("Replay", async () => {
          const tried = await this.lane.act("POST", `/callbacks/${encodeURIComponent(callback.id)}/replay`);
          if (tried) this.lane.put("callbacks", [tried]);
          if (tried) notice(`Sent again: ${tried.attempts.at(-1)?.status ?? tried.attempts.at(-1)?.error ?? tried.state}`);
        }, { class: "quiet" })),
      el("p.mono", {}, bdi(callback.url)),
      el("ol.timeline", {}, callback.attempts.map((attempt) =>
        el("li", {}, badge(attempt.status !== null && attempt.status < 300 ? "delivered" : "failed", attempt.status ?? "no answer"), " ", time(attempt.at, this.lane.now()),
          el("span.muted", {}, ` ${Math.round(attempt.duration_ms)} ms `), attempt.error ? bdi(attempt.error) : null,
          el("details", {}, el("summary", {}, "Exchange"),
            el("pre", { tabindex: "0" }, el("code", { dir: "auto" },
              `${attempt.request.method} ${attempt.request.url}\n${Object.entries(attempt.request.headers).map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${attempt.request.body}\n\n→ ${attempt.status ?? attempt.error}\n${attempt.response ?? ""}`)))))),
    );
  }

  empty() {
    return firstCurl("No callback yet", "Say where results go, then rent a number: what becomes of it is posted there.",
      `curl -s -X PATCH '${location.origin}/_sandbox/v1${this.lane.path("/accounts/thuesim")}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{"callback_url":"http://127.0.0.1:8000/otp"}'`);
  }
}
