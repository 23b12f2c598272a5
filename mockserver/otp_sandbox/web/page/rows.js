// A list of which only what is seen is drawn: rows of one height, placed where they would stand.
import { el } from "./dom.js";

const AROUND = 8;

export class Rows {
  /**
   * @param {string} name of the list, for those who do not see it
   * @param {function(Object): {label: string, href: string, children: Array}} row how an entry is shown
   * @param {string} key of an entry
   */
  constructor(name, row, key = "id") {
    this.row = row;
    this.key = key;
    this.entries = [];
    this.drawn = new Map();
    this.current = null;
    this.list = el("ul", { role: "list", "aria-label": name });
    this.node = el("div.rows", { scroll: () => this.draw() }, this.list);
    this.sizes = new ResizeObserver(() => {
      this.height = 0;
      this.draw();
    });
    this.sizes.observe(this.node);
  }

  /** Show entries, the first on top. Who has scrolled down keeps seeing what is there. */
  show(entries, fresh = true) {
    const top = this.node.scrollTop;
    const anchor = !fresh && top > 0 && this.height ? this.entries[Math.floor(top / this.height)] : null;
    const before = anchor ? this.entries.indexOf(anchor) : 0;
    this.entries = entries;
    if (anchor) {
      const after = entries.indexOf(anchor);
      if (after > before) {
        this.stretch();
        this.node.scrollTop = top + (after - before) * this.height;
      }
    }
    this.draw();
  }

  stretch() {
    if (!this.height) {
      const probe = this.list.firstChild ?? this.list.appendChild(el("li.row", { "aria-hidden": "true" }, "0"));
      this.height = probe.getBoundingClientRect().height;
      if (!this.drawn.size) probe.remove();
    }
    this.list.style.height = `${this.entries.length * this.height}px`;
  }

  draw() {
    if (!this.node.isConnected) return;
    this.stretch();
    if (!this.height) return;
    const first = Math.max(0, Math.floor(this.node.scrollTop / this.height) - AROUND);
    const last = Math.min(this.entries.length, Math.ceil((this.node.scrollTop + this.node.clientHeight) / this.height) + AROUND);
    const seen = new Map();
    let previous = null;
    for (let index = first; index < last; index += 1) {
      const entry = this.entries[index];
      const id = entry[this.key];
      const node = this.place(entry, index, this.drawn.get(id));
      seen.set(id, node);
      this.drawn.delete(id);
      if (previous === null ? node !== this.list.firstChild : node.previousSibling !== previous) {
        if (previous === null) this.list.prepend(node);
        else previous.after(node);
      }
      previous = node;
    }
    for (const node of this.drawn.values()) node.remove();
    this.drawn = seen;
  }

  place(entry, index, node) {
    const { label, href, mark, children } = this.row(entry);
    const shown = JSON.stringify([label, mark, entry[this.key] === this.current]);
    if (node === undefined || node.shown !== shown) {
      const link = el("a", { href, "aria-current": entry[this.key] === this.current ? "true" : null }, children());
      if (node === undefined) node = el("li.row", {}, link);
      else {
        const focused = node.contains(document.activeElement);
        node.replaceChildren(link);
        if (focused) link.focus({ preventScroll: true });
      }
      node.setAttribute("aria-label", label);
      node.shown = shown;
    }
    node.setAttribute("aria-setsize", this.entries.length);
    node.setAttribute("aria-posinset", index + 1);
    node.style.transform = `translateY(${index * this.height}px)`;
    return node;
  }

  /** The entry on which the reader is: that with the focus, else the one that is open. */
  get at() {
    for (const [id, node] of this.drawn) if (node.contains(document.activeElement)) return id;
    return this.current;
  }

  /** Go some entries further, and give the focus to that entry. */
  move(by) {
    if (!this.entries.length) return;
    const at = this.entries.findIndex((each) => each[this.key] === this.at);
    this.focus(Math.min(this.entries.length - 1, Math.max(0, at < 0 ? 0 : at + by)));
  }

  focus(index) {
    const top = index * this.height;
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    else if (top + this.height > this.node.scrollTop + this.node.clientHeight) {
      this.node.scrollTop = top + this.height - this.node.clientHeight;
    }
    this.draw();
    this.drawn.get(this.entries[index][this.key])?.querySelector("a").focus({ preventScroll: true });
  }

  /** Mark the entry that is open. */
  mark(id) {
    this.current = id;
    this.draw();
  }
}
