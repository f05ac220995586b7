// A graph as text: Turtle in colours, with links, each resource to be folded away.
import { choice, copyButton, count, fill, h } from "./dom.js";
import { iriLink } from "./cells.js";
import { iriOf, prefixes, statements } from "./turtle.js";

// Resources shown at once.
const BLOCKS = 100;

function coloured(tokens, spaces, labels) {
  return tokens.map((token) => {
    const iri = token.kind === "iri" || token.kind === "name" ? iriOf(token, spaces) : null;
    if (!iri || !labels.href(iri)) return token.kind === "space" ? token.text : h("span", { class: `t-${token.kind}` }, token.text);
    const link = iriLink(iri, labels, false);
    link.textContent = token.text;
    link.classList.add(`t-${token.kind}`);
    return link;
  });
}

function block(tokens, spaces, labels, open) {
  const end = tokens.findIndex((token) => token.kind === "space");
  const subject = tokens.slice(0, Math.max(1, end));
  const named = h("span", { class: "faint", "data-subject": subject.length === 1 ? iriOf(subject[0], spaces) : null });
  const about = subject.map((token) => token.text).join("");
  return h("details", { class: "turtle", open }, h("summary", {}, h("code", {}, about), " ", named),
    h("pre", { tabindex: "0", role: "region", "aria-label": about }, h("code", {}, coloured(tokens, spaces, labels))));
}

async function nameSubjects(list, labels) {
  const named = [...list.querySelectorAll("[data-subject]")];
  await labels.ask(named.map((element) => element.dataset.subject));
  for (const element of named) {
    const known = labels.known.get(element.dataset.subject);
    if (!known || known.label === labels.short(element.dataset.subject)) continue;
    element.textContent = known.label;
    if (known.lang) element.lang = known.lang;
  }
}

/** The view of a graph given as Turtle. */
export function graphView(turtle, labels, words) {
  const all = statements(turtle);
  const spaces = prefixes(all);
  const declared = all.filter((tokens) => tokens[0].kind === "keyword");
  const stated = all.filter((tokens) => tokens[0].kind !== "keyword");
  const list = h("div", { class: "statements" });
  let page = 0;
  const draw = () => {
    const part = stated.slice(page * BLOCKS, (page + 1) * BLOCKS);
    list.replaceChildren(...part.map((tokens) => block(tokens, spaces, labels, true)));
    nameSubjects(list, labels);
  };
  const fold = (open) => list.querySelectorAll("details").forEach((one) => (one.open = open));
  const pages = Math.ceil(stated.length / BLOCKS);
  draw();
  const tools = h("div", { class: "row tools-of-rows" },
    h("button", { type: "button", onclick: () => fold(false) }, words.fold),
    h("button", { type: "button", onclick: () => fold(true) }, words.unfold),
    copyButton(() => turtle, words, words["copy-turtle"]),
    pages > 1 && choice(words.page, Array.from({ length: pages }, (_, one) => [one, `${count(one + 1)} / ${count(pages)}`]), 0, (one) => {
      page = Number(one);
      draw();
    }));
  const head = declared.length ? h("details", { class: "turtle" },
    h("summary", {}, fill(words.prefixes, { total: count(declared.length) })),
    h("pre", { tabindex: "0", role: "region", "aria-label": fill(words.prefixes, { total: count(declared.length) }) }, h("code", {}, declared.flatMap((tokens) => [...coloured(tokens, spaces, labels), "\n"])))) : null;
  return h("div", { class: "graph-text" }, tools, head, list);
}
