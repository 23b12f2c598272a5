// A list with filters on the left, the entry that is open on the right; on a phone one of the two.
import { el } from "./dom.js";
import { Rows } from "./rows.js";

export class Panes {
  /**
   * @param {Object} view
   * @param {string} view.name of the list
   * @param {Node[]} view.filters fields above the list, which redraw when they change
   * @param {function(): Object[]} view.entries to show, the first on top
   * @param {function(Object): Object} view.row
   * @param {function(string): Node} view.detail of an entry
   * @param {function(string): Object} view.mark what the detail of an entry depends on
   * @param {function(): Node} view.empty what stands there when there is nothing at all
   * @param {function(): number} view.total entries before they were filtered
   * @param {function(): boolean} view.isRead whether it is known what there is
   */
  constructor(view) {
    this.view = view;
    this.open = null;
    this.rows = new Rows(view.name, view.row);
    this.count = el("span.count", { role: "status" });
    this.filters = el("form.filters", { role: "search", "aria-label": `Filter ${view.name}`,
      submit: (event) => { event.preventDefault(); this.draw(); },
      input: () => { this.rows.node.scrollTop = 0; this.draw(this.version, true); } }, view.filters, this.count);
    this.nothing = el("div.nothing");
    this.side = el("section.detail", { "aria-label": "Details" }, hint());
    this.node = el("div.panes", {}, el("section.side", { "aria-label": view.name }, this.filters, this.rows.node, this.nothing), this.side);
  }

  /** Show what is there now. `version` tells whether the list has changed, `fresh` that others are to be seen. */
  draw(version = this.version, fresh = this.version === undefined) {
    if (this.version !== version || fresh) {
      this.version = version;
      const entries = this.view.entries();
      const total = this.view.total();
      this.count.textContent = entries.length === total ? `${total}` : `${entries.length} of ${total}`;
      this.nothing.replaceChildren();
      if (!entries.length && this.view.isRead()) this.nothing.append(total ? el("p.muted", {}, "Nothing fits these filters.") : this.view.empty());
      this.node.classList.toggle("is-empty", !total && this.view.isRead());
      this.rows.show(entries, fresh);
    } else {
      this.rows.draw();
    }
  }

  /** Open an entry, or close it. */
  show(id) {
    if (this.open === id) return;
    this.open = id;
    this.rows.mark(id);
    this.node.classList.toggle("is-open", id !== null);
    this.side.replaceChildren(id === null ? hint() : this.view.detail(id));
    this.side.scrollTop = 0;
    this.mark = id === null ? null : JSON.stringify(this.view.mark(id));
  }

  /** Draw the open entry anew when what it shows has changed. */
  refresh() {
    const mark = this.open === null ? null : JSON.stringify(this.view.mark(this.open));
    if (this.open !== null && this.mark !== mark) {
      this.mark = mark;
      const at = [...this.side.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
      this.side.replaceChildren(this.view.detail(this.open));
      if (at >= 0) this.side.querySelectorAll("a, button, summary")[at]?.focus({ preventScroll: true });
    }
  }
}

const hint = () => el("p.muted.hint", {}, "Open an entry with a click, or with j, k and Enter.");

/** A select of the filters; the first option lets everything pass. */
export const choice = (name, label, options) =>
  el("select", { name, "aria-label": label }, el("option", { value: "" }, `${label}: all`), options.map((each) => el("option", { value: each }, each)));

const DIGITS = /[۰-۹٠-٩]/g;

/** Give the digits of a number in any spelling, without what stands before the subscriber's own. */
export const digits = (text) =>
  text.replace(DIGITS, (each) => String.fromCharCode((each.charCodeAt(0) & 0xf) + 48)).replace(/\D/g, "").replace(/^0+/, "");

/** Fold a text for a search: case and marks do not count. */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
