// The queries that are open and those asked before, kept by the browser and by nobody else.
const KEY = "kg-queries";
const MOST_OPEN = 20;
const MOST_ASKED = 50;
const LONGEST = 20_000;

/** What is kept: {open: [{name, text, asOf}], current, asked: [{text, asOf, at}]}; empty if nothing can be read. */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY)) ?? {};
    const open = (Array.isArray(found.open) ? found.open : []).filter((one) => typeof one?.text === "string");
    const asked = (Array.isArray(found.asked) ? found.asked : []).filter((one) => typeof one?.text === "string");
    return { open: open.slice(0, MOST_OPEN), current: Number(found.current) || 0, asked: asked.slice(0, MOST_ASKED) };
  } catch {
    return { open: [], current: 0, asked: [] };
  }
}

/** Keep it, without what is too long. */
export function keep(state) {
  const short = (one) => one.text.length <= LONGEST;
  try {
    localStorage.setItem(KEY, JSON.stringify({
      open: state.open.filter(short).slice(0, MOST_OPEN),
      current: state.current,
      asked: state.asked.filter(short).slice(0, MOST_ASKED),
    }));
  } catch {
    // A browser may refuse to keep anything; what is open stays as long as the page.
  }
}

/** Note that a query was asked, last first, each once. */
export function note(state, text, asOf) {
  state.asked = [{ text, asOf, at: Date.now() }, ...state.asked.filter((one) => one.text !== text || one.asOf !== asOf)]
    .slice(0, MOST_ASKED);
}

export const most = MOST_OPEN;
