// The form of a proposal: judged while it is filled in, changed in place, with fields that are searched and passages
// that are marked. All of it the server writes; this only puts what it wrote where it belongs.
import { picker } from "../shared/picker.js";

const WAIT = 600;
/** Fields that say nothing of what is proposed. */
const OWN = ["token", "do", "part"];
/** Characters of what is kept of a form. */
const LARGEST = 350_000;

/** The server did answer, and says why not with a form. */
class Refused extends Error {}

export default function propose(element, data, words) {
  const form = () => element.querySelector("form.proposal");
  let timer;
  let running;

  const asked = new URL(form().action).searchParams;
  const key = `kg-proposal ${asked.get("correct") ?? asked.get("class")}`;
  const filled = () => [...new FormData(form())].filter(([name]) => !OWN.includes(name));

  /** Keep what is filled in as long as this window is open, for when its page is loaded anew. */
  function keep() {
    try {
      sessionStorage.setItem(key, JSON.stringify(filled()));
    } catch {
      // A browser may refuse to keep anything.
    }
  }

  function kept() {
    try {
      const found = sessionStorage.getItem(key) ?? "";
      const pairs = found.length <= LARGEST ? JSON.parse(found) : [];
      return Array.isArray(pairs) && pairs.every((one) => Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "string"))
        ? pairs : [];
    } catch {
      return [];
    }
  }

  async function ask(action, again = true, pairs = filled()) {
    running?.abort();
    const mine = (running = new AbortController());
    const body = new URLSearchParams(pairs);
    body.set("token", form().elements.token.value);
    body.set("do", action);
    body.set("part", "1");
    const answer = await fetch(form().action, { method: "POST", body, signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.querySelector("form.proposal");
    if (drawn && answer.status === 403 && again) {
      // The page was open for too long; the answer brings what a new one would.
      form().elements.token.value = drawn.elements.token.value;
      return ask(action, false, pairs);
    }
    if (!drawn) throw new Refused(page.querySelector("main [role=alert]")?.textContent.trim() || words.failed);
    return drawn;
  }

  function tell(text) {
    const verdict = element.querySelector("#verdict");
    const told = document.createElement("p");
    told.className = "verdict bad";
    told.textContent = text;
    verdict.replaceChildren(told);
  }

  function failed(error) {
    if (error.name !== "AbortError") tell(error instanceof Refused ? error.message : words.failed);
  }

  /** Put what is said of fields where it belongs, without touching what is typed. */
  function say(drawn) {
    const parts = "[data-said], [data-part]";
    const found = new Map([...drawn.querySelectorAll(parts)].map((part) => [part.id, part]));
    for (const part of form().querySelectorAll(parts)) {
      const fresh = found.get(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    }
    for (const field of form().elements) {
      const fresh = field.name && drawn.elements.namedItem(field.name);
      if (!fresh?.getAttribute) continue;
      if (fresh.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (fresh.placeholder) field.placeholder = fresh.placeholder;
    }
    form().elements.token.value = drawn.elements.token.value;
  }

  async function live() {
    try {
      say(await ask("live"));
    } catch (error) {
      failed(error);
    }
  }

  function focus(action, moved) {
    const at = (name, value) => `[${name}="${CSS.escape(value)}"]`;
    const [verb, address] = action.split(" ");
    if (verb === "check") return form().querySelector('[aria-invalid="true"]') ?? form().querySelector("#verdict");
    if (moved) return form().querySelector(`${at("data-value", moved)} :is(input:not([type="hidden"]), select, textarea, button)`);
    const field = (address ?? "").replace(/\.\d+$/, "");
    return form().querySelector(`${at("data-field", field)} :is(input:not([type="hidden"]), select, textarea, button)`);
  }

  async function redraw(action, pairs = filled()) {
    clearTimeout(timer);
    const opened = new Set([...form().querySelectorAll("details[open]")].map((one) => one.dataset.details));
    try {
      const drawn = await ask(action, true, pairs);
      form().replaceWith(document.adoptNode(drawn));
      for (const one of form().querySelectorAll("details")) one.open ||= opened.has(one.dataset.details);
      await enhance();
      keep();
      const target = focus(action, form().dataset.moved);
      if (target) target.closest("details")?.setAttribute("open", "");
      target?.focus();
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  async function enhance() {
    for (const input of form().querySelectorAll("input[data-pick]")) picker(input, data.choices, words);
    const passages = form().querySelectorAll("[data-passage]");
    if (!passages.length) return;
    const { marking } = await import("../shared/marking.js");
    for (const one of passages) if (!one.firstChild) marking(one, data, data.passage);
  }

  element.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="do"]');
    if (!button || button.value === "download") return;
    event.preventDefault();
    redraw(button.value);
  });
  element.addEventListener("kg-reuse", async ({ detail: { at, name } }) => {
    if (!(await redraw(`close ${at}`))) return;
    const field = form().elements.namedItem(at);
    if (!field) return;
    field.value = name;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  for (const kind of ["input", "change"]) {
    element.addEventListener(kind, (event) => {
      if (!event.target.name) return;
      keep();
      clearTimeout(timer);
      if (event.target.dataset.redraw !== undefined) redraw("show");
      else timer = setTimeout(live, WAIT);
    });
  }
  /** Fill in again what was filled in before the page was loaded anew. */
  async function restore() {
    const before = kept();
    if (!before.length || JSON.stringify(before) === JSON.stringify(filled())) return;
    const note = document.createElement("p");
    const afresh = document.createElement("button");
    note.className = "note";
    note.setAttribute("role", "status");
    afresh.type = "button";
    afresh.textContent = words.afresh;
    afresh.addEventListener("click", () => {
      sessionStorage.removeItem(key);
      location.replace(location.href);
    });
    if (!(await redraw("show", before))) return;
    note.append(words.restored, " ", afresh);
    form().before(note);
  }

  return enhance().then(restore);
}
