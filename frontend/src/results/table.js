// The table of an answer: sorted, filtered and paged in the browser, with names beside IRIs.
import { shownTerm, tagOf } from "./cells.js";
import { choice, copy, count, fill, h } from "./dom.js";
import { filtered, iris, sorted, textOf } from "./model.js";
import { iriTip } from "./tip.js";

const SIZES = [50, 100, 500];
// Different IRIs whose names are asked for so that rows can be sorted and filtered by them.
const MOST_NAMES = 2_000;
// Characters of a cell, on average, from which a column is one of sentences; and of its longest, from which it needs some room.
const LONG = 45;
const MIDDLING = 26;
const MARKS = { ascending: "▲", descending: "▼", none: "" };

export class Table {
  constructor(model, labels, words) {
    Object.assign(this, { model, labels, words });
    this.language = document.documentElement.lang;
    this.state = { sort: null, text: "", wanted: {}, page: 0, size: SIZES[1], hidden: new Set(), byName: true, filters: false };
    this.rows = model.rows;
    this.build();
    this.update();
  }

  get columns() {
    return this.model.columns.filter((column) => !this.state.hidden.has(column.place));
  }

  name = (iri) => (this.state.byName ? this.labels.name(iri) : this.labels.short(iri));

  build() {
    const { words } = this;
    this.said = h("p", { class: "facts", role: "status" });
    this.head = h("thead");
    this.body = h("tbody");
    this.region = h("div", { class: "wide rows", tabindex: "0", role: "region", "aria-label": words.table }, h("table", {}, this.head, this.body));
    this.pager = h("nav", { class: "pager", "aria-label": words.pages });
    this.element = h("div", { class: "table-of-rows" }, this.tools(), this.said, this.region, this.pager);
    iriTip(this.region, this.element, this.labels, words);
    this.body.addEventListener("keydown", (event) => this.walk(event));
    this.body.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-row]");
      if (button) this.copyRow(this.rows[Number(button.dataset.row)]);
    });
  }

  tools() {
    const { words, state } = this;
    let timer = 0;
    const search = h("input", { type: "search", class: "filter", "aria-label": words.filter, placeholder: words.filter });
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.filter(() => (state.text = search.value)), 150);
    });
    const byColumn = h("button", { type: "button", "aria-pressed": "false" }, words["filter-columns"]);
    byColumn.addEventListener("click", () => {
      state.filters = !state.filters;
      byColumn.setAttribute("aria-pressed", String(state.filters));
      if (!state.filters) this.filter(() => (state.wanted = {}));
      this.drawHead();
      if (state.filters) this.head.querySelector("input")?.focus();
    });
    const asIris = h("button", { type: "button", "aria-pressed": "false" }, words["show-iris"]);
    asIris.addEventListener("click", () => {
      state.byName = !state.byName;
      asIris.setAttribute("aria-pressed", String(!state.byName));
      this.update();
    });
    const hasIris = this.model.columns.some((column) => ["iri", "mixed", "triple"].includes(column.kind));
    return h("div", { class: "row tools-of-rows" }, search, byColumn, hasIris && asIris, this.columnMenu());
  }

  columnMenu() {
    const { words, state } = this;
    const items = this.model.columns.map((column) => {
      const box = h("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => {
        if (box.checked) state.hidden.delete(column.place);
        else state.hidden.add(column.place);
        this.drawHead();
        this.drawBody();
      });
      const copied = h("button", { type: "button", "aria-label": fill(words["copy-column"], { name: column.name }) }, words.copy);
      copied.addEventListener("click", () => this.copyColumn(column));
      return h("li", {}, h("label", {}, box, ` ${column.name}`), copied);
    });
    return h("details", { class: "columns" }, h("summary", { class: "button" }, words.columns), h("ul", { class: "plain-list card" }, items));
  }

  // Names are needed for what is sorted or filtered by them; of too many IRIs those that are known by now must do.
  async names(columns) {
    if (!this.state.byName) return;
    const wanted = new Set();
    for (const column of columns) {
      for (const iri of iris(this.model.rows.map((row) => row.cells[column.place]))) wanted.add(iri);
    }
    this.few = wanted.size <= MOST_NAMES;
    if (this.few) await this.labels.ask(wanted);
  }

  async filter(change) {
    change();
    this.state.page = 0;
    if (this.state.text.trim() || Object.values(this.state.wanted).some((one) => one.trim())) await this.names(this.model.columns);
    this.update();
  }

  async sortBy(column) {
    const { sort } = this.state;
    const same = sort?.place === column.place;
    this.state.sort = !same ? { place: column.place, descending: false } : sort.descending ? null : { ...sort, descending: true };
    this.state.page = 0;
    await this.names([column]);
    this.update();
    this.head.querySelector(`[data-sort="${column.place}"]`)?.focus();
  }

  update() {
    const { state, model } = this;
    const rows = filtered(model.rows, state.text, state.wanted, this.name);
    this.rows = state.sort ? sorted(rows, model.columns[state.sort.place], state.sort.descending, this.name, this.language) : rows;
    if (!state.filters || !this.head.contains(document.activeElement)) this.drawHead();
    this.drawBody();
  }

  drawHead() {
    const { words, state } = this;
    const titles = this.columns.map((column) => {
      const now = state.sort?.place !== column.place ? "none" : state.sort.descending ? "descending" : "ascending";
      const tag = tagOf(column.tag, this.labels);
      const button = h("button", { type: "button", class: "plain", "data-sort": column.place, title: words.sort }, column.name,
        tag && h("small", {}, ` ${tag}`), h("span", { class: "mark", "aria-hidden": "true" }, MARKS[now]));
      button.addEventListener("click", () => this.sortBy(column));
      return h("th", { scope: "col", "aria-sort": now, class: column.kind === "number" ? "number" : null }, button);
    });
    const fields = this.columns.map((column) => this.columnFilter(column));
    this.head.replaceChildren(
      h("tr", {}, h("th", { scope: "col" }, h("span", { class: "off-screen" }, words.row)), titles),
      ...(state.filters ? [h("tr", { class: "filters" }, h("td"), fields)] : []),
    );
  }

  columnFilter(column) {
    const compared = ["number", "date"].includes(column.kind);
    const input = h("input", {
      type: "search", "aria-label": fill(this.words["filter-column"], { name: column.name }), placeholder: compared ? "> …" : "",
    });
    input.value = this.state.wanted[column.place] ?? "";
    let timer = 0;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.filter(() => (this.state.wanted[column.place] = input.value)), 150);
    });
    return h("td", {}, input);
  }

  get part() {
    const { page, size } = this.state;
    return this.rows.slice(page * size, (page + 1) * size);
  }

  drawBody() {
    const { state, words } = this;
    const first = state.page * state.size;
    this.body.replaceChildren(...this.part.map((row, place) => {
      const label = fill(words["copy-row"], { number: count(row.number) });
      const button = h("button", {
        type: "button", class: "plain", "data-row": first + place, "aria-label": label, title: label, tabindex: place ? "-1" : "0",
      }, count(row.number));
      const cells = this.columns.map((column) => h("td", { class: column.kind === "number" ? "number" : null },
        shownTerm(row.cells[column.place], this.labels, state.byName, column.tag)));
      return h("tr", {}, h("th", { scope: "row", class: "number" }, button), cells);
    }));
    this.region.scrollTop = 0;
    this.widen();
    this.say();
    this.drawPager();
    if (state.byName) this.nameShown();
  }

  // A column of sentences gets room for them, so that its rows do not grow tall.
  widen() {
    const rows = [...this.body.rows];
    for (let place = 1; place <= this.columns.length; place += 1) {
      const lengths = rows.map((row) => row.cells[place].textContent.length);
      const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, rows.length);
      const kind = average > LONG ? "long" : Math.max(...lengths) > MIDDLING ? "middling" : "short";
      for (const row of rows) row.cells[place].dataset.length = kind;
    }
  }

  // Names arrive after the rows: they are put in place, so that nothing that has the focus goes away.
  async nameShown() {
    const complete = await this.labels.ask(iris(this.part.flatMap((row) => this.columns.map((column) => row.cells[column.place]))));
    if (!this.state.byName) return;
    for (const element of this.body.querySelectorAll("[data-iri]")) {
      const known = this.labels.known.get(element.dataset.iri);
      if (!known || element.textContent === known.label) continue;
      element.textContent = known.label;
      if (known.lang) element.lang = known.lang;
    }
    this.widen();
    if (!complete) this.say(this.words["no-names"]);
  }

  say(more = "") {
    const { words, state, rows, model } = this;
    const [first, total, all] = [state.page * state.size, rows.length, model.rows.length];
    const shown = total > state.size ? fill(words.shown, { first: count(first + 1), last: count(Math.min(first + state.size, total)), total: count(total) }) : "";
    const found = total < all ? fill(words.found, { total: count(total), all: count(all) }) : "";
    const unnamed = this.few === false && (state.sort || state.text) ? words["many-names"] : "";
    this.said.replaceChildren(...[found, shown, unnamed, more].filter(Boolean).map((text) => h("span", {}, text)));
  }

  drawPager() {
    const { words, state, rows } = this;
    const pages = Math.ceil(rows.length / state.size);
    const go = (page) => {
      state.page = page;
      this.drawBody();
      this.region.focus({ preventScroll: true });
      this.element.scrollIntoView({ block: "nearest" });
    };
    const button = (text, page, enabled) => h("button", { type: "button", disabled: !enabled, onclick: () => go(page) }, text);
    const sizes = choice(words["per-page"], SIZES.map((size) => [size, count(size)]), state.size, (size) => {
      Object.assign(state, { size: Number(size), page: 0 });
      this.drawBody();
    });
    this.pager.hidden = rows.length <= SIZES[0];
    this.pager.replaceChildren(...(pages > 1 ? [
      button(words.before, state.page - 1, state.page > 0),
      choice(words.page, Array.from({ length: pages }, (_, page) => [page, `${count(page + 1)} / ${count(pages)}`]), state.page, (page) => go(Number(page))),
      button(words.after, state.page + 1, state.page < pages - 1),
    ] : []), sizes);
  }

  // The numbers of the rows are one stop for Tab; the arrows go from one to the next.
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest("button[data-row]");
    if (!step || !here) return;
    const buttons = [...this.body.querySelectorAll("button[data-row]")];
    const next = buttons[buttons.indexOf(here) + step];
    if (!next) return;
    event.preventDefault();
    here.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // As it is shown: names, or IRIs written out; a tab between cells, so that a spreadsheet takes it apart.
  plain(cell) {
    const name = (iri) => (this.state.byName ? this.labels.name(iri) : iri);
    return textOf(cell, name).replace(/[\t\r\n]+/g, " ");
  }

  async copyRow(row) {
    const text = this.columns.map((column) => this.plain(row.cells[column.place])).join("\t");
    this.say((await copy(text)) ? fill(this.words["copied-row"], { number: count(row.number) }) : this.words["not-copied"]);
  }

  async copyColumn(column) {
    await this.names([column]);
    const text = this.rows.map((row) => this.plain(row.cells[column.place])).join("\n");
    const told = fill(this.words["copied-column"], { total: count(this.rows.length), name: column.name });
    this.say((await copy(text)) ? told : this.words["not-copied"]);
  }
}
