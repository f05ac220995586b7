// The queries that are open and those asked before, kept by the browser and by nobody else, for all of its windows: each
// takes up what another keeps, and what was written in two of them at once is kept twice.
const KEY = "kg-queries";
/** The tab that a window shows, and the one that was shown last in any. */
const CHOSEN = "kg-query-chosen";
const MOST_OPEN = 50;
const MOST_READ = 500;
const MOST_ASKED = 50;
/** Characters of the longest query, and of all that are kept: a browser keeps some millions. */
const LONGEST = 100_000;
const LARGEST = 2_000_000;
const NAME = 200;

/** A name for a tab, or for a state of one, that no other has. */
function fresh() {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((one) => one.toString(36)).join("");
}

const isText = (one) => typeof one === "string" && one.length <= LONGEST;
const day = (one) => (/^\d{4}-\d\d-\d\d$/.test(one) ? one : "");

/** What is kept, as far as it can be read: anything may stand there. */
function stored() {
  let found;
  try {
    found = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    found = {};
  }
  const list = (some) => (Array.isArray(some) ? some : []).filter((one) => isText(one?.text));
  const taken = new Set();
  return {
    open: list(found.open).slice(0, MOST_READ).map((one, number) => {
      // What an older page kept has no names: the same are given to it whenever it is read.
      const named = isText(one.id) ? one.id : `kept-${number}`;
      const id = taken.has(named) ? fresh() : named;
      taken.add(id);
      const name = typeof one.name === "string" && one.name ? one.name.slice(0, NAME) : "SPARQL";
      return { id, state: isText(one.state) ? one.state : "kept", name, text: one.text, asOf: day(one.asOf) };
    }),
    asked: list(found.asked).slice(0, MOST_ASKED)
      .map((one) => ({ text: one.text, asOf: day(one.asOf), at: Number.isFinite(one.at) ? one.at : 0 })),
    cleared: Number.isFinite(found.cleared) ? Math.min(found.cleared, Date.now()) : 0,
  };
}

/** The tabs that may be the one to show, the best first. */
function chosen() {
  try {
    return [sessionStorage.getItem(CHOSEN), localStorage.getItem(CHOSEN)];
  } catch {
    return [];
  }
}

/** What this window shows of it: `open` [{id, state, name, text, asOf}], `asked` [{text, asOf, at}], `current`, a number. */
export class Kept {
  constructor() {
    const found = stored();
    this.open = found.open;
    this.asked = found.asked;
    this.cleared = found.cleared;
    const known = (id) => this.open.some((one) => one.id === id);
    /** Whether this window has shown one of these before, as it has where its page is loaded anew. */
    this.isAgain = known(chosen()[0]);
    const at = chosen().map((id) => this.open.findIndex((one) => one.id === id)).find((one) => one >= 0);
    this.current = at ?? Math.max(0, this.open.length - 1);
    /** The state of each tab that this window knows to be kept; those that it closed, and those that others did. */
    this.seen = new Map(this.open.map((one) => [one.id, one.state]));
    this.closed = new Set();
    this.alone = new Set();
  }

  /** Choose another, also for the windows to come. */
  choose(number) {
    this.current = number;
    try {
      localStorage.setItem(CHOSEN, this.open[number].id);
    } catch {
      // The last one is shown then.
    }
  }

  /** Open one more, and choose it. */
  add({ name, text, asOf }) {
    if (this.open.length >= MOST_OPEN) this.#drop(0);
    this.open.push({ id: fresh(), state: fresh(), name, text, asOf });
    this.choose(this.open.length - 1);
  }

  /** Close the one that is chosen; what stood in it is still among those asked before. */
  close() {
    this.#drop(this.current);
    this.current = Math.max(0, this.current - 1);
  }

  #drop(number) {
    const [one] = this.open.splice(number, 1);
    this.closed.add(one.id);
    if (one.text.trim()) this.note(one.text, one.asOf);
  }

  /** Note what is written in the one that is chosen. */
  write(text, asOf) {
    const one = this.open[this.current];
    if (one.text === text && one.asOf === asOf) return;
    Object.assign(one, { text, asOf, state: fresh() });
    this.alone.delete(one.id);
  }

  /** Note that a query was asked or closed, last first, each once. */
  note(text, asOf) {
    const others = this.asked.filter((one) => one.text !== text || one.asOf !== asOf);
    this.asked = [{ text, asOf, at: Date.now() }, ...others].slice(0, MOST_ASKED);
  }

  /** Forget all but the one that is chosen. */
  forget() {
    const [kept] = this.open.splice(this.current, 1);
    for (const one of this.open) this.closed.add(one.id);
    this.open = [kept];
    this.current = 0;
    this.asked = [];
    this.cleared = Date.now();
  }

  /**
   * Take up what other windows kept, and keep what is here. Gives {changed, forked}: whether the chosen one has another
   * text now, and whether it was written in elsewhere at the same time, and is here as one of its own.
   */
  sync(copy = (name) => name) {
    const { id, state } = this.open[this.current];
    const forked = this.#merge(stored(), copy);
    this.current = this.open.findIndex((one) => one.id === (forked ?? id));
    this.#keep();
    return { changed: !forked && this.open[this.current].state !== state, forked: Boolean(forked) };
  }

  #merge(theirs, copy) {
    const mine = new Map(this.open.map((one) => [one.id, one]));
    const chosen = this.open[this.current].id;
    const known = new Set(theirs.open.map((one) => one.id));
    const merged = [];
    let forked;
    for (const one of theirs.open) {
      const own = mine.get(one.id);
      const seen = this.seen.get(one.id);
      if (!own) {
        // Closed here, unless somebody has written in it since.
        if (!this.closed.has(one.id) || one.state !== seen) merged.push(one);
      } else if (own.state === seen || (own.text === one.text && own.asOf === one.asOf)) merged.push(one);
      else if (one.state === seen) merged.push(own);
      else {
        const other = { ...own, id: fresh(), state: fresh(), name: copy(own.name) };
        merged.push(one, other);
        if (own.id === chosen) forked = other.id;
      }
    }
    for (const own of this.open) {
      if (known.has(own.id)) continue;
      // Closed in another window: it stays where somebody looks at it, and is kept again where somebody writes in it.
      const isClosed = own.state === this.seen.get(own.id) || this.alone.has(own.id);
      if (isClosed && own.id === chosen) this.alone.add(own.id);
      if (!isClosed || own.id === chosen) merged.push(own);
    }
    this.open = merged;
    this.cleared = Math.max(this.cleared, theirs.cleared);
    const asked = new Map();
    for (const one of [...theirs.asked, ...this.asked].sort((one, other) => other.at - one.at)) {
      const key = `${one.asOf} ${one.text}`;
      if (!asked.has(key) && one.at > this.cleared) asked.set(key, one);
    }
    this.asked = [...asked.values()].slice(0, MOST_ASKED);
    return forked;
  }

  #keep() {
    const open = this.open.filter((one) => isText(one.text) && !this.alone.has(one.id));
    let room = LARGEST - open.reduce((sum, one) => sum + one.text.length, 0);
    const asked = this.asked.filter((one) => isText(one.text) && (room -= one.text.length) > 0);
    const written = JSON.stringify({ open, asked, cleared: this.cleared });
    try {
      sessionStorage.setItem(CHOSEN, this.open[this.current].id);
      // What is the same is not written, or two windows would tell each other for ever.
      if (written !== localStorage.getItem(KEY)) localStorage.setItem(KEY, written);
      this.seen = new Map(open.map((one) => [one.id, one.state]));
    } catch {
      // A browser may refuse to keep anything; what is open stays as long as the page.
    }
  }
}

/** Call when another window kept something, or this one is shown again after it slept. */
export function whenKeptElsewhere(act) {
  window.addEventListener("storage", (event) => (event.key === KEY || event.key === null) && act());
  window.addEventListener("pageshow", (event) => event.persisted && act());
}
