// The lane that is looked at: its entries as they come, its clock, its credentials.
import { act, get } from "./api.js";

const SOON = ["messages", "codes"];
const LATER = ["requests", "callbacks", "rentals"];
const FIRST = 100;
const PAGE = 1000;
const DUE = 1000;

/** Entries of a log, oldest first, each once. Older ones are put in while newer ones come. */
export class Log {
  constructor(kind, key = "id") {
    this.kind = kind;
    this.isRead = false;
    this.hasOlder = false;
    this.key = key;
    this.clear();
  }

  clear() {
    this.entries = [];
    this.places = new Map();
    this.gap = 0;
    this.version = (this.version ?? 0) + 1;
  }

  get size() {
    return this.places.size;
  }

  one(id) {
    return this.places.get(id) ?? null;
  }

  /** Put in the entries of a page; `older` ones stand before the first page. */
  put(entries, older = false) {
    const fresh = [];
    let changed = false;
    for (const entry of entries) {
      const id = entry[this.key];
      const known = this.places.get(id);
      if (known === undefined) {
        fresh.push(entry);
        this.places.set(id, entry);
      } else if (!older && Object.keys(entry).some((name) => JSON.stringify(known[name]) !== JSON.stringify(entry[name]))) {
        Object.assign(known, entry, { shown: undefined });
        changed = true;
      }
    }
    if (older) {
      this.entries.splice(this.gap, 0, ...fresh);
      this.gap += fresh.length;
    } else {
      this.entries.push(...fresh);
    }
    if (changed || fresh.length) this.version += 1;
  }

  /** Forget the oldest entries, as the sandbox does. */
  bound(most) {
    if (this.entries.length <= most * 1.1) return;
    const gone = this.entries.splice(0, this.entries.length - most);
    this.gap = Math.max(0, this.gap - gone.length);
    for (const entry of gone) this.places.delete(entry[this.key]);
  }
}

/** What the page knows of a lane. `changed` is called, once a frame, when there is something new. */
export class LaneView {
  constructor(id, ring, changed) {
    this.id = id;
    this.ring = ring;
    this.logs = Object.fromEntries([...SOON, ...LATER].map((kind) => [kind, new Log(kind)]));
    this.credentials = {};
    this.clock = { now: new Date().toISOString(), mode: "real", offset: "0s", next_due: null };
    this.read = Date.now();
    this.loaded = false;
    this.stopped = new AbortController();
    this.tell = changed;
  }

  /** Where something of the lane stands, below the root of the API. */
  path(path) {
    return (this.id === "default" ? "" : `/lanes/${encodeURIComponent(this.id)}`) + path;
  }

  get(path) {
    return get(this.path(path), { signal: this.stopped.signal });
  }

  act(method, path, body) {
    return act(method, this.path(path), body);
  }

  /** The lane's time now, in milliseconds. */
  now() {
    return Date.parse(this.clock.now) + (this.clock.mode === "frozen" ? 0 : Date.now() - this.read);
  }

  setClock(clock) {
    this.clock = clock;
    this.read = Date.now();
    this.changed();
  }

  changed() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.stopped.signal.aborted) this.tell();
    });
  }

  /** Read the newest messages and codes, then call `shown`; then the newest of the rest, and what is older. */
  async load(shown) {
    const signal = { signal: this.stopped.signal };
    const [clock, lane, ...first] = await Promise.all([
      this.get("/clock"),
      get(`/lanes/${encodeURIComponent(this.id)}`, signal),
      ...SOON.map((kind) => this.loadNewest(kind)),
    ]);
    this.credentials = lane.credentials;
    this.loaded = true;
    this.setClock(clock);
    await shown();
    const then = await Promise.all(LATER.map((kind) => this.loadNewest(kind)));
    this.changed();
    const older = [...first, ...then].filter((log) => log.hasOlder).map((log) => this.loadOlder(log));
    Promise.all(older).catch((error) => error.name === "AbortError" || console.warn(error.message));
  }

  async loadNewest(kind) {
    const log = this.logs[kind];
    const page = await this.get(`/${kind}?limit=${FIRST}`);
    log.clear();
    log.put(page[kind]);
    log.isRead = true;
    log.hasOlder = page.more;
    return log;
  }

  async loadOlder(log) {
    const until = log.entries[0]?.[log.key];
    for (let after = "0"; ; ) {
      const page = await this.get(`/${log.kind}?after=${after}&limit=${PAGE}`);
      const end = page[log.kind].findIndex((each) => each[log.key] === until);
      log.put(end < 0 ? page[log.kind] : page[log.kind].slice(0, end), true);
      this.changed();
      if (end >= 0 || !page.more) return;
      after = page.cursor;
    }
  }

  /** Take in what came: entries of one kind. */
  put(kind, entries) {
    const log = this.logs[kind];
    log.put(entries);
    log.bound(this.ring);
    this.changed();
    this.askDue();
  }

  /** Ask, at most once a second, when the next thing falls due: whatever comes may have changed that. */
  askDue() {
    this.asking ??= setTimeout(async () => {
      this.asking = null;
      try {
        this.setClock(await this.get("/clock"));
      } catch {
        // The stream tells when the connection is lost.
      }
    }, DUE);
  }

  /** The code that a message carries, with its life. */
  codeOf(message) {
    return this.logs.codes.one(`code-${message.id}`);
  }

  stop() {
    clearTimeout(this.asking);
    this.stopped.abort();
  }
}

/** How a code stands now, by the lane's clock. */
export function lifeOf(code, now) {
  if (code.state === "active" && code.expires_at !== null && Date.parse(code.expires_at) <= now) return "expired";
  return code.state;
}

