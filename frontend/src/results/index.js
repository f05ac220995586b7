// The answer to a query as a page shows it: what it is, the table or the text of it, pictures where its columns allow them,
// and how to go on with it.
import { count, h } from "./dom.js";
import { graphView } from "./graph.js";
import { Labels } from "./labels.js";
import { read } from "./model.js";
import { pictures } from "./pictures.js";
import { Table } from "./table.js";
import { iriTip } from "./tip.js";
import { links, prefixes, statements } from "./turtle.js";
import { enhance, fetched, parameters } from "./using.js";

/**
 * Show an answer in `container`, in place of what is there.
 *
 * answer = {kind: "table" | "boolean" | "graph", json | turtle, query, asOf, seconds, fromCache, complete, snapshot, links,
 * graphs}; `json` are SPARQL results in JSON, parsed. With `ask` true they are asked of the endpoint here, with `using` false
 * the page has said itself how to go on. The promise is kept when the answer stands.
 */
export async function show(container, answer, words) {
  const labels = new Labels(answer.links, answer.snapshot);
  if (answer.ask) answer.json = await asked(answer);
  const isEmpty = answer.kind === "table" ? !answer.json.results.bindings.length : answer.kind === "boolean" ? !answer.json.boolean : !answer.turtle.trim();
  const parts = { table: tableParts, boolean: booleanParts, graph: graphParts }[answer.kind](answer, labels, words, isEmpty);
  container.classList.add("results");
  container.replaceChildren(facts(answer, words), ...(answer.complete === false ? [h("p", { class: "note doubtful" }, words.truncated)] : []), ...parts.filter(Boolean));
  if (answer.using === false) {
    const section = container.parentElement?.querySelector(".using");
    if (section) enhance(section, words);
  } else {
    container.append(await fetched(answer, isEmpty, words));
  }
}

function facts(answer, words) {
  const rows = answer.kind === "table" ? answer.json.results.bindings.length : null;
  const told = [
    rows !== null && `${count(rows)} ${rows === 1 ? words["one-row"] : words.rows}`,
    typeof answer.seconds === "number" && `${count(answer.seconds, 3)} s${answer.fromCache ? `, ${words.cached}` : ""}`,
    answer.asOf && `${words["as-of"]} ${answer.asOf}`,
  ];
  return h("p", { class: "facts" }, told.filter(Boolean).map((text) => h("span", {}, text)));
}

// The same snapshot is asked, so that it is the answer that the page began with.
async function asked(answer) {
  const body = new URLSearchParams([["query", answer.query], ...parameters(answer), ["snapshot", answer.snapshot]]);
  const response = await fetch(answer.links.ask, { method: "POST", body, headers: { Accept: "application/sparql-results+json" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function tableParts(answer, labels, words, isEmpty) {
  if (isEmpty) return [h("p", {}, words.empty)];
  const model = read(answer.json);
  return [pictures(model, labels, words), new Table(model, labels, words).element];
}

function booleanParts(answer, labels, words) {
  return [h("p", { class: "boolean" }, answer.json.boolean ? words.yes : words.no)];
}

function graphParts(answer, labels, words, isEmpty) {
  if (isEmpty) return [h("p", {}, words.empty)];
  const view = graphView(answer.turtle, labels, words);
  const host = h("div", { class: "table-of-rows" }, view);
  iriTip(view, host, labels, words);
  const all = statements(answer.turtle);
  const model = asModel(links(all, prefixes(all)));
  return [pictures(model, labels, words, model.rows.length ? [{ name: "network", load: () => import("./network.js") }] : []), host];
}

// The triples of a graph as rows of three columns.
function asModel(triples) {
  const cell = (term) => (term.startsWith("_:") ? { type: "bnode", value: term.slice(2) } : { type: "uri", value: term });
  const names = ["subject", "predicate", "object"];
  return {
    columns: names.map((name, place) => ({ name, place, kind: place === 1 ? "link" : "iri", isLink: place === 1, isEnd: place !== 1, tag: "", filled: triples.length })),
    rows: triples.map((triple, place) => ({ number: place + 1, cells: triple.map(cell) })),
  };
}
