// The page that asks the graph: an editor with tabs, completion, running and stopping, in place of a plain form.
import { Failure, ask, problemOf } from "../query/asking.js";
import { completions } from "../query/completion.js";
import { usesDay } from "../query/day.js";
import { editor } from "../query/editor.js";
import { gallery } from "../query/gallery.js";
import { Kept, whenKeptElsewhere } from "../query/keeping.js";
import { pieceOf, remark, tell, warn } from "../query/problem.js";
import { tabs } from "../query/tabs.js";

/** Characters of an address that every browser and proxy passes on. */
const LONGEST_LINK = 8_000;
/** Milliseconds without a change after which what is written is read. */
const QUIET = 1_000;
/** Milliseconds after which what is written is kept. */
const SOON = 250;

/** The page says itself what to do where a part of it cannot be loaded. */
class NotLoaded extends Error {}

function results() {
  return import("../results/index.js").catch((error) => {
    throw new NotLoaded(error.message);
  });
}

export default function mount(element, data, words) {
  const page = new Page(element, data, words);
  page.start();
}

class Page {
  constructor(element, data, words) {
    const part = (name) => element.querySelector(`[data-part="${name}"]`);
    this.element = element;
    this.data = data;
    this.words = words;
    this.form = element.querySelector("form");
    this.plain = element.querySelector("textarea");
    this.day = element.querySelector('[name="as-of"]');
    this.parts = Object.fromEntries(
      ["tabs", "editor", "run", "stop", "status", "clock", "problem", "share", "link", "layout", "asked", "panel", "mistake",
        "unknown", "day"]
        .map((name) => [name, part(name)]),
    );
    this.answer = document.querySelector("[data-answer]");
    /** What the answer that is shown answers; null while there is none. */
    this.answered = this.answer.childElementCount ? { text: this.plain.value.trimEnd(), asOf: this.day.value } : null;
    this.state = new Kept();
  }

  start() {
    const { state, data, plain, day } = this;
    const given = { name: data.name || this.freshName(), text: plain.value.trimEnd(), asOf: day.value };
    // A page that is loaded anew shows what was written on it, not what its address brought.
    const again = state.isAgain && performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (again) document.querySelector("[data-draft]")?.remove();
    if ((data.given && !again) || !state.open.length) {
      const same = state.open.findIndex((one) => one.text === given.text && one.asOf === given.asOf);
      if (same >= 0) state.choose(same);
      else state.add(given);
    }
    this.tabs = tabs(this.parts.tabs, this.parts.panel, this.words, {
      choose: (number) => this.choose(number),
      open: () => this.open({ name: this.freshName(), text: data.empty, asOf: "" }),
      close: () => this.close(),
    });
    const fields = () => ({ ...data.fields, ...this.asOf });
    this.editor = editor(this.parts.editor, this.current.text, this.words, {
      change: (text) => this.changed(text),
      run: () => this.run(),
      complete: completions({ complete: data.complete, fields }, this.words),
      prefixes: data.prefixes,
    });
    this.plain.hidden = true;
    this.form.querySelector('label[for="query"]').hidden = true;
    this.day.value = this.current.asOf;
    this.plain.value = this.current.text;
    this.listen();
    this.keep();
    this.compare();
    this.checkSoon();
    gallery(document.querySelector("[data-gallery]"), this.words, (query) => this.open(query));
  }

  /** The day as of which the query that is chosen asks; empty if it does not, whatever was chosen before. */
  get when() {
    return usesDay(this.current.text) ? this.day.value : "";
  }

  /** The same as a field of a request. */
  get asOf() {
    return this.when ? { "as-of": this.when } : {};
  }

  get current() {
    return this.state.open[this.state.current];
  }

  freshName() {
    const taken = new Set(this.state.open.map((one) => one.name));
    for (let number = 1; ; number += 1) {
      const name = this.words["tab-name"].replace("{number}", number);
      if (!taken.has(name)) return name;
    }
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.parts.stop.addEventListener("click", () => this.asking?.abort());
    this.parts.layout.addEventListener("click", (event) => {
      event.preventDefault();
      this.layOut();
    });
    this.parts.share.addEventListener("click", () => this.share());
    this.day.addEventListener("change", () => {
      this.state.write(this.current.text, this.day.value);
      this.compare();
      this.keep();
      this.checkSoon();
    });
    this.parts.asked.querySelector("[data-clear]").addEventListener("click", () => {
      this.state.forget();
      this.keep();
      this.say(this.words.cleared);
    });
    whenKeptElsewhere(() => this.keep());
    window.addEventListener("pagehide", () => this.waiting && this.keep());
  }

  // Tabs and what was asked.

  open(query) {
    this.state.add(query);
    this.show();
    this.editor.focus();
  }

  choose(number) {
    this.state.choose(number);
    this.show();
  }

  close() {
    this.state.close();
    if (!this.state.open.length) this.state.add({ name: this.freshName(), text: this.data.empty, asOf: "" });
    this.show();
  }

  show() {
    this.asking?.abort();
    this.forget();
    this.fill();
    this.keep();
  }

  /** Write the query that is chosen into the editor. */
  fill() {
    this.editor.write(this.current.text);
    this.plain.value = this.current.text;
    this.day.value = this.current.asOf;
    this.compare();
    this.checkSoon();
  }

  /** Keep what is open together with what other windows of this browser have open, and show both. */
  keep() {
    clearTimeout(this.waiting);
    this.waiting = null;
    const { changed, forked } = this.state.sync((name) => this.words["tab-copy"].replace("{name}", name));
    if (changed) {
      this.forget();
      this.fill();
    }
    if (forked) this.say(this.words.forked);
    this.draw();
  }

  draw() {
    const { open, current, asked } = this.state;
    const drawn = JSON.stringify([open.map((one) => one.name), current, asked]);
    // Drawn anew, a list loses the focus.
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.tabs.draw(this.state.open, this.state.current);
    const list = this.parts.asked.querySelector("ol");
    list.replaceChildren(...this.state.asked.map((one) => {
      const item = document.createElement("li");
      const again = document.createElement("button");
      again.type = "button";
      again.className = "plain";
      again.textContent = one.text.replace(/^\s*(?:(?:PREFIX|BASE)\b.*|#.*)?$/gim, "").replace(/\s+/g, " ").trim().slice(0, 90) || "…";
      again.addEventListener("click", () => this.open({ name: this.freshName(), text: one.text, asOf: one.asOf }));
      const when = document.createElement("small");
      when.textContent = new Date(one.at).toLocaleString(document.documentElement.lang);
      item.append(again, " ", when);
      return item;
    }));
    this.parts.asked.hidden = !this.state.asked.length;
  }

  changed(text) {
    this.state.write(text, this.day.value);
    this.plain.value = text;
    this.compare();
    this.parts.problem.hidden = true;
    this.parts.link.hidden = true;
    this.parts.mistake.hidden = true;
    this.warn([]);
    this.waiting ??= setTimeout(() => this.keep(), SOON);
    this.checkSoon();
  }

  checkSoon() {
    clearTimeout(this.checking);
    this.checking = setTimeout(() => this.check(), QUIET);
  }

  /** Have what is written read, but not run, once nobody writes on. */
  async check() {
    const text = this.editor.text;
    if (!text.trim() || this.asking) return;
    let problem;
    let unknown;
    try {
      const fields = { query: text, ...this.data.fields, ...this.asOf };
      const response = await fetch(this.data.mistake, { method: "POST", body: new URLSearchParams(fields) });
      if (!response.ok) return;
      ({ problem, unknown } = await response.json());
      if (problem) problem.spoken = response.headers.get("Content-Language");
    } catch {
      // Running it will tell.
      return;
    }
    if (text === this.editor.text && !this.asking) {
      this.checked = text;
      this.warn(unknown);
    }
    const piece = problem && pieceOf(text, problem);
    // What is not finished is no mistake yet.
    if (!piece || text !== this.editor.text || this.asking || piece.from >= text.trimEnd().length) return;
    this.editor.underline({ ...piece, message: problem.detail });
    remark(this.parts.mistake, problem, text, this.words, (change) => this.mend(change));
  }

  mend(change) {
    this.editor.replace(change.from, change.to, change.insert);
    this.editor.focus();
    this.say(this.words.mended);
  }

  /** Mark the names that the graph does not have: no mistakes, since a query with them can be run. */
  warn(unknown) {
    const text = this.editor.text;
    this.editor.doubt(unknown.map((one) => ({ ...pieceOf(text, one), message: one.says })));
    warn(this.parts.unknown, unknown, text, this.words, (change) => {
      this.editor.replace(change.from, change.to, change.insert);
      this.editor.focus();
      this.say(this.words["put-in"].replace("{term}", change.insert));
    });
  }

  // Running and stopping.

  async run() {
    if (this.asking) return;
    const text = this.editor.text;
    const asOf = this.when;
    this.unsay();
    this.editor.settle();
    document.querySelector("[data-draft]")?.remove();
    this.state.note(text, asOf);
    this.keep();
    this.asking = new AbortController();
    this.compare();
    const signal = this.asking.signal;
    this.busy(true);
    try {
      const answer = await ask(this.data.ask, text, asOf, this.data.fields, signal);
      await this.present(answer);
      if (this.checked !== text) this.checkSoon();
    } catch (error) {
      if (error.name === "AbortError") this.say(this.words.stopped);
      else if (error instanceof Failure) this.failed(error, text);
      else if (error instanceof NotLoaded) this.say("");
      else throw error;
    } finally {
      this.asking = null;
      this.compare();
      this.busy(false);
    }
  }

  /** Say of the answer that is shown if it is not that of the query as it is written now; and ask for a day if it needs one. */
  compare() {
    this.parts.day.hidden = !usesDay(this.current.text);
    const heading = this.answered && this.answer.querySelector("h2");
    if (!heading) return;
    const { text, asOf } = this.answered;
    const isBefore = Boolean(this.asking) || text.trimEnd() !== this.current.text.trimEnd() || asOf !== this.when;
    const told = this.words[isBefore ? "answer-before" : "answer"];
    if (heading.textContent !== told) heading.textContent = told;
    this.answer.toggleAttribute("data-before", isBefore);
  }

  busy(is) {
    const { run, stop, clock } = this.parts;
    run.setAttribute("aria-disabled", String(is));
    stop.hidden = !is;
    clearInterval(this.ticking);
    clock.textContent = "";
    if (!is) {
      if (document.activeElement === document.body) run.focus();
      return;
    }
    this.say(this.words.asking);
    const began = performance.now();
    this.ticking = setInterval(() => (clock.textContent = `${Math.round((performance.now() - began) / 1000)} s`), 1000);
  }

  async present(answer) {
    const { words, data } = this;
    const seconds = answer.seconds.toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 2 });
    const count = answer.kind === "table" ? answer.json.results.bindings.length : null;
    const told = count === null ? words.answered : (count === 1 ? words["answered-row"] : words["answered-rows"])
      .replace("{rows}", count.toLocaleString(document.documentElement.lang, { useGrouping: "always" }));
    const from = answer.fromCache ? ` ${words["from-cache"]}` : "";
    this.say(`${told.replace("{seconds}", seconds)}${from}${answer.complete ? "" : ` ${words["not-all"]}`}`);
    const heading = document.createElement("h2");
    heading.id = "answer";
    heading.textContent = words.answer;
    const place = document.createElement("div");
    this.answer.replaceChildren(heading, place);
    this.answered = { text: answer.query, asOf: answer.asOf ?? "" };
    const { show } = await results();
    await show(place, { ...answer, links: data.results.links }, data.results.words);
  }

  failed(failure, text) {
    this.say("");
    const piece = pieceOf(text, failure.problem);
    if (piece && text === this.editor.text) this.editor.underline({ ...piece, message: failure.message });
    tell(this.parts.problem, failure, text, this.words, {
      go: (at) => this.editor.go(at),
      again: () => this.run(),
      mend: (change) => this.mend(change),
    });
  }

  /** Take away what was said of another query. */
  forget() {
    this.unsay();
    this.warn([]);
  }

  /** Take away what was said of running a query. */
  unsay() {
    clearTimeout(this.checking);
    this.editor.underline(null);
    this.parts.mistake.hidden = true;
    this.parts.problem.hidden = true;
    this.parts.link.hidden = true;
    this.say("");
  }

  say(text) {
    this.parts.status.textContent = text;
  }

  // Laying out and sharing.

  async layOut() {
    try {
      const response = await fetch(this.data.layout, {
        method: "POST", headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang },
        body: new URLSearchParams({ query: this.editor.text }),
      });
      if (!response.ok) throw new Failure("problem", await problemOf(response));
      const told = await response.json();
      if (told.query.trimEnd() !== this.editor.text.trimEnd()) {
        this.editor.replace(0, this.editor.text.length, told.query.trimEnd());
      }
      this.say(this.words["laid-out"]);
    } catch (error) {
      this.failed(error instanceof Failure ? error : new Failure("lost"), this.editor.text);
    }
  }

  async share() {
    const address = new URL(this.data.page, location.href);
    address.search = new URLSearchParams({
      draft: this.editor.text, ...this.asOf, ...this.data.carried,
    });
    const { link } = this.parts;
    link.hidden = false;
    if (address.href.length > LONGEST_LINK) {
      link.textContent = this.words["link-long"];
      return;
    }
    const field = document.createElement("input");
    field.readOnly = true;
    field.value = address.href;
    field.setAttribute("aria-label", this.words["link-name"]);
    link.replaceChildren(field);
    field.select();
    try {
      await navigator.clipboard.writeText(address.href);
      this.say(this.words["link-copied"]);
    } catch {
      this.say(this.words["link-there"]);
    }
  }
}
