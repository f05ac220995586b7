// Marking the passage of an evidence in a text that the reader opens. The text stays in the page: only its SHA-256 is
// sent, to find the document that it is of.
import { decoded, passage, sha256, shown } from "./passages.js";

const LONGEST = 5000;
//: The text that is open for each evidence, also after the form is drawn anew.
const open = new Map();

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Set a field of the form as if it were typed. */
function put(form, name, value) {
  const field = form.elements.namedItem(name);
  if (!field) return;
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) return;
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function marking(element, { document: address, evidence }, words) {
  const at = element.dataset.passage;
  const form = element.closest("form");
  const name = (property) => `${at ? `${at}/` : ""}${property}.0`;
  const number = `marking-${at}`;
  const file = made("input", { type: "file", id: `${number}-file`, accept: ".txt,text/plain" });
  const text = made("textarea", { id: `${number}-text`, rows: 8, spellcheck: false, placeholder: words.paste });
  const state = made("p", { className: "help" });
  const said = made("div");
  const before = made("div", { className: "reuse" });
  before.setAttribute("role", "status");
  state.setAttribute("role", "status");
  said.setAttribute("role", "status");
  const mark = made("button", { type: "button", textContent: words.mark });
  element.replaceChildren(
    made("p", { className: "label", textContent: words.title }),
    made("p", { className: "about", textContent: words.about }),
    made("p", {}, made("label", { htmlFor: file.id, textContent: words.file }), " ", file),
    made("label", { htmlFor: text.id, textContent: words.text, className: "label" }),
    text, state, made("p", {}, mark), said, before,
  );

  let whole = open.get(at) ?? null;
  let source = null;
  let place = (position) => position;

  async function take(content) {
    whole = content;
    open.set(at, content);
    const view = shown(content);
    place = view.from;
    text.value = view.text;
    text.setSelectionRange(0, 0);
    state.textContent = words.ready;
    if (!globalThis.crypto?.subtle) {
      state.textContent = words.insecure;
      mark.disabled = true;
      return;
    }
    const url = new URL(address, location.href);
    url.searchParams.set("sha256", await sha256(content));
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok ? await answer.json() : { document: null };
    source = found.document;
    state.textContent = found.document ? `${words.known} ${found.label || found.document}.` : words.unknown;
    if (found.document) {
      const field = form.elements.namedItem(name("ckg:source"));
      const value = field?.tagName === "SELECT" || !found.label ? found.document : `${found.label} (${found.document})`;
      put(form, name("ckg:source"), value);
    }
  }

  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    try {
      const content = decoded(await file.files[0].arrayBuffer());
      if (content.includes("\0")) throw new TypeError();
      await take(content);
    } catch {
      state.textContent = words.broken;
    }
  });
  text.addEventListener("paste", (event) => {
    // What is pasted is taken as it is, before the field changes the ends of its lines.
    const pasted = event.clipboardData?.getData("text/plain");
    if (pasted && (whole === null || !text.value)) {
      event.preventDefault();
      take(pasted);
    }
  });
  text.addEventListener("change", () => {
    if (whole === null || shown(whole).text !== text.value) take(text.value);
  });
  mark.addEventListener("click", async () => {
    if (whole === null || shown(whole).text !== text.value) await take(text.value);
    const found = await passage(whole, place(text.selectionStart), place(text.selectionEnd));
    if (!found || found.across || found.end - found.start > LONGEST) {
      said.replaceChildren(made("p", { className: "violation", textContent: words[
        !found ? "nothing" : found.across ? "across" : "long"] }));
      return;
    }
    put(form, name("ckg:paragraph"), String(found.paragraph));
    put(form, name("oa:start"), String(found.start));
    put(form, name("oa:end"), String(found.end));
    put(form, name("ckg:sha256"), found.sha256);
    const told = `${words.paragraph} ${found.paragraph}, ${words.characters} ${found.start}–${found.end}`;
    said.replaceChildren(made("p", { textContent: `${words.marked}: ${told}` }), made("blockquote", { textContent: found.words }));
    await offer(found);
  });

  /** Show what the graph has of the passage, to be pointed to instead of said again. */
  async function offer(place) {
    before.replaceChildren();
    if (!source) return;
    const url = new URL(evidence, location.href);
    for (const name of ["start", "end", "sha256"]) url.searchParams.set(name, place[name]);
    url.searchParams.set("source", source);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const all = answer?.ok ? await answer.json() : [];
    if (!all.length) return;
    before.append(made("p", { className: "label", textContent: words.before }), made("p", { className: "about", textContent: words.reuse }),
      made("ul", { className: "plain-list" }, ...all.map(item)));
  }

  function item(one) {
    const link = made("a", { href: one.address, target: "_blank", rel: "noopener", textContent: one.name });
    const facts = [
      one.same ? words.same : `${words.overlaps} ${one.start}–${one.end}`,
      one.voices.length ? `${words.voices} ${one.voices.join(" → ")}` : "",
      `${one.claims} ${one.claims === 1 ? words.claim : words.claims}${one.about ? ":" : ""}`,
    ];
    const shown = made("li", {}, link, " ", made("span", { textContent: facts.filter(Boolean).join("; ") }), " ",
      made("q", { textContent: one.about, hidden: !one.about }));
    if (!at) return shown;
    const use = made("button", { type: "button", className: one.same ? "main" : "" });
    use.append(words.use, made("span", { className: "off-screen", textContent: ` ${one.name}` }));
    use.addEventListener("click", () => element.dispatchEvent(
      new CustomEvent("kg-reuse", { bubbles: true, detail: { at, name: one.name } })));
    shown.append(" ", use);
    return shown;
  }
  if (whole !== null) take(whole);
}
