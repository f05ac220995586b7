// The rows of an answer on the map of Europe, with the shapes and borders of the page of the map.
import { draw as drawn } from "../shared/europe.js";

import { iriLink } from "./cells.js";
import { count, fill, h } from "./dom.js";
import { different, textOf } from "./model.js";

export const MOST_NAMES = 1_000;
const ROWS = "";
// Kinds that can be told apart by their signs and colours.
const FEW = 8;
const ITEM = /^https?:\/\/www\.wikidata\.org\/entity\/(Q\d+)$/;
const LETTERS = /^[A-Z]{2}$/;
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const of = (model, place) => model.columns.find((column) => String(column.place) === String(place));

// The states of the graph: the items of Wikidata that they are, by IRI and all. Asked for once.
let known = null;
async function states(links) {
  known ??= fetch(links.states, { headers: { Accept: "application/json" } }).then(async (response) => {
    if (!response.ok) throw new Error(response.statusText);
    const byIri = new Map((await response.json()).map(({ iri, qid }) => [iri, qid]));
    return { byIri, all: new Set(byIri.values()) };
  });
  return known;
}

// The state that a cell names: by its IRI in the graph, its item of Wikidata, or its two letters.
function stateOf(cell, items) {
  if (!cell) return null;
  if (cell.type === "uri") {
    const qid = items.byIri.get(cell.value) ?? ITEM.exec(cell.value)?.[1];
    return qid && items.all.has(qid) ? { qid } : null;
  }
  return cell.type === "literal" && LETTERS.test(cell.value) ? { iso: cell.value } : null;
}

/** Whether some column names states, so that there is something to be seen; those columns are marked. */
export async function fits(model, links) {
  const columns = model.columns.filter((column) => column.kind === "iri" || column.kind === "text");
  if (!columns.length || !links.states) return false;
  const items = await states(links);
  for (const column of columns) {
    column.hasStates = model.rows.some((row) => {
      const cell = row.cells[column.place];
      return column.kind === "iri" ? stateOf(cell, items) : false;
    }) || (column.kind === "text" && model.rows.every((row) => !row.cells[column.place] || LETTERS.test(row.cells[column.place].value)));
  }
  model.items = items;
  return columns.some((column) => column.hasStates);
}

/** What is shown first: the states of the first column that has any, by what there are few kinds of, by numbers, or by their rows. */
export function first(model) {
  const where = model.columns.find((column) => column.hasStates);
  const isFew = (column) => ["iri", "text"].includes(column.kind) && column !== where && different(model.rows, column) > 1 && different(model.rows, column) <= FEW;
  const what = model.columns.find(isFew) ?? model.columns.find((column) => column.kind === "number");
  return { where: String(where.place), what: what ? String(what.place) : ROWS };
}

/** The choices that a reader has. */
export function fields(model, chosen, words) {
  const named = (columns) => columns.map((column) => [String(column.place), column.name]);
  return [
    { key: "where", options: named(model.columns.filter((column) => column.hasStates)) },
    { key: "what", options: [[ROWS, words["number-of-rows"]], ...named(model.columns.filter((column) => column.filled && String(column.place) !== chosen.where))] },
  ];
}

// What is known of each state: how many rows, the sum of its numbers, or the one value that all its rows have.
function gathered(model, chosen, labels, words) {
  const [where, what] = [of(model, chosen.where), of(model, chosen.what)];
  const name = (iri) => labels.name(iri);
  const found = new Map();
  let outside = 0;
  for (const row of model.rows) {
    const cell = row.cells[where.place];
    const state = stateOf(cell, model.items);
    if (!state) {
      outside += 1;
      continue;
    }
    const entry = found.get(cell.value) ?? { ...state, cell, label: textOf(cell, name), href: cell.type === "uri" ? labels.href(cell.value) : null, rows: 0, sum: 0, values: new Set() };
    entry.rows += 1;
    const value = what && row.cells[what.place];
    if (value) {
      entry.values.add(textOf(value, name));
      entry.sum += Number(value.value);
    }
    found.set(cell.value, entry);
  }
  const all = [...found.values()];
  if (!what) for (const one of all) one.value = one.rows;
  else if (what.kind === "number") for (const one of all) one.value = one.values.size ? one.sum : undefined;
  else for (const one of all) one.value = one.values.size > 1 ? words.several : [...one.values][0];
  return { all, outside, isSum: what?.kind === "number" && all.some((one) => one.values.size > 1) };
}

/** Draw into the figure; what it says about itself, and the picture to save. */
export function draw(figure, model, chosen, labels, words) {
  const { links } = labels;
  dressed(links.root);
  const { all, outside, isSum } = gathered(model, chosen, labels, words);
  const kinds = [...new Set(all.map((one) => one.value).filter((value) => typeof value === "string"))].sort((one, other) => one.localeCompare(other));
  const sign = (value) => (typeof value === "string" ? SIGNS[kinds.indexOf(value)] ?? "…" : undefined);
  const rows = all.filter((one) => one.value !== undefined).map((one) => ({ ...one, sign: sign(one.value) }));
  const host = h("div", { class: "canvas-of-map" });
  const missing = h("p", { class: "faint" });
  const legend = kinds.length ? h("ul", { class: "plain-list legend" }, kinds.map((kind) => h("li", {}, h("strong", {}, `${sign(kind)} `), kind))) : null;
  const several = all.filter((one) => one.values.size > 1 && one.value === words.several);
  const details = several.length ? h("ul", {}, several.map((one) => h("li", {}, one.cell.type === "uri" ? iriLink(one.cell.value, labels, true) : one.label, `: ${[...one.values].join("; ")}`))) : null;
  figure.append(host, ...[legend, details, missing].filter(Boolean));
  drawn(host, rows).then((left) => {
    if (left.length) missing.textContent = fill(words["off-map"], { names: left.map((one) => one.label).join(", ") });
  }).catch(() => host.replaceChildren(h("p", { class: "note bad" }, words["no-picture"])));
  const borders = h("p", { class: "faint" }, `${words["map-borders"]} `, h("a", { href: `${links.map}#borders` }, words["map-more"]));
  figure.append(borders);
  const notes = [isSum && words["map-sums"], outside && fill(words["not-states"], { total: count(outside) })];
  return { svg: () => host.querySelector("svg"), note: notes.filter(Boolean).join(" ") };
}

// The style of the map is that of its page.
function dressed(root) {
  const address = `${root}/static/map.css`;
  if (!document.querySelector(`link[href="${CSS.escape(address)}"]`)) document.head.append(h("link", { rel: "stylesheet", href: address }));
}
