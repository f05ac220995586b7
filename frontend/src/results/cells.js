// A term as a cell of the table shows it.
import { h } from "./dom.js";

const LONG = 600;
const USUAL = new Set(["string", "integer", "decimal", "double", "boolean"].map((name) => `http://www.w3.org/2001/XMLSchema#${name}`));

/** An IRI as a link if there is where to read about it. `byName` shows what it is called, else its prefixed name. */
export function iriLink(iri, labels, byName) {
  const href = labels.href(iri);
  const known = labels.known.get(iri);
  const text = byName ? labels.name(iri) : labels.short(iri);
  const attributes = { "data-iri": iri, lang: byName ? known?.lang : null, class: byName ? null : "iri" };
  return href ? h("a", { ...attributes, href }, text) : h("span", { ...attributes, tabindex: "0" }, text);
}

/** What is written small beside a literal: its language or its datatype, unless the column says it for all. */
export function tagOf(tag, labels) {
  return !tag || USUAL.has(tag) ? "" : tag.includes(":") ? labels.short(tag) : tag;
}

function literal(cell, labels, shared) {
  const tag = cell["xml:lang"] ?? cell.datatype ?? "";
  const attributes = { lang: cell["xml:lang"], dir: cell["its:dir"] };
  const shown = tag === shared ? "" : tagOf(tag, labels);
  const small = shown ? h("small", {}, ` ${shown}`) : null;
  if (cell.value.length <= LONG) return [h("span", attributes, cell.value), small];
  const beginning = `${cell.value.slice(0, LONG / 3)}…`;
  return [h("details", attributes, h("summary", {}, beginning), h("span", {}, cell.value)), small];
}

/** The nodes that show a term; none for none. */
export function shownTerm(cell, labels, byName, shared = "") {
  if (!cell) return [];
  if (cell.type === "uri") return [iriLink(cell.value, labels, byName)];
  if (cell.type === "bnode") return [h("span", { class: "faint" }, `_:${cell.value}`)];
  if (cell.type !== "triple") return literal(cell, labels, shared);
  const parts = ["subject", "predicate", "object"].flatMap((part) => [" ", ...shownTerm(cell.value[part], labels, byName)]);
  return [h("span", { class: "triple" }, "<<(", ...parts, " )>>")];
}
