// Bars, lines or dots of the rows of an answer. Groups stand apart in panels of their own, so that no colour has to tell them apart.
import { axisX, axisY, barX, dot, gridX, gridY, lineY, plot, ruleX } from "@observablehq/plot";

import { count, fill } from "./dom.js";
import { moment } from "./dates.js";
import { different, textOf } from "./model.js";
import { place } from "./plotted.js";

export const MOST_NAMES = 1_000;
const ROWS = "";
// Bars of one panel, and panels, that can still be read.
const MOST_BARS = 60;
const MOST_PANELS = 12;
const LONGEST = 44;
// Pixels that a letter of a label takes, about.
const LETTER = 6.8;

const of = (model, place) => model.columns.find((column) => String(column.place) === String(place));
const isDate = (column) => column?.kind === "date";
const isNumber = (column) => column?.kind === "number";
const panels = (model) => model.columns.filter((column) => {
  const values = different(model.rows, column);
  return !isNumber(column) && values > 1 && values <= MOST_PANELS;
});

/** What is shown first: the first numbers along the first names or dates, or how often each name occurs. */
export function first(model) {
  const along = model.columns.find((column) => !isNumber(column) && column.filled && different(model.rows, column) < Math.max(2, model.rows.length))
    ?? model.columns.find((column) => !isNumber(column) && column.filled) ?? model.columns[0];
  const much = model.columns.find((column) => isNumber(column) && column !== along);
  const form = isDate(along) && much ? "line" : isNumber(along) ? "dot" : "bar";
  return { form, along: String(along.place), much: much ? String(much.place) : ROWS, apart: ROWS };
}

/** The choices that a reader has. */
export function fields(model, chosen, words) {
  const named = (columns) => columns.map((column) => [String(column.place), column.name]);
  const numbers = model.columns.filter(isNumber);
  const along = of(model, chosen.along);
  const forms = ["bar", "line", "dot"].filter((form) => form === "bar" || isDate(along) || isNumber(along));
  if (!forms.includes(chosen.form)) chosen.form = "bar";
  return [
    { key: "form", options: forms.map((form) => [form, words[`form-${form}`]]) },
    { key: "along", options: named(model.columns.filter((column) => column.filled)) },
    { key: "much", options: [[ROWS, words["number-of-rows"]], ...named(numbers)] },
    { key: "apart", options: [[ROWS, words.together], ...named(panels(model).filter((column) => String(column.place) !== chosen.along))] },
  ];
}

function points(model, chosen, labels, words) {
  const [along, much, apart] = [of(model, chosen.along), of(model, chosen.much), of(model, chosen.apart)];
  const name = (cell) => (cell ? textOf(cell, (iri) => labels.name(iri)) : words.blank);
  const found = new Map();
  for (const row of model.rows) {
    const [cell, size, group] = [row.cells[along.place], much && row.cells[much.place], apart ? name(row.cells[apart.place]) : ""];
    if (much && !size) continue;
    const x = chosen.form === "bar" ? name(cell) : isDate(along) ? cell && moment(cell.value)?.from : cell && Number(cell.value);
    if (x === undefined || x === null || Number.isNaN(x)) continue;
    const value = much ? Number(size.value) : 1;
    const single = chosen.form !== "bar" && much;
    const key = single ? row : JSON.stringify([x, group]);
    const point = found.get(key) ?? { x: isDate(along) && chosen.form !== "bar" ? new Date(x) : x, value: 0, rows: 0, group, name: name(cell) };
    point.value += value;
    point.rows += 1;
    found.set(key, point);
  }
  return [...found.values()];
}

// Those that are shown, and how many are not.
function within(all, chosen) {
  const groups = [...new Set(all.map((point) => point.group))].slice(0, MOST_PANELS);
  let kept = all.filter((point) => groups.includes(point.group));
  if (chosen.form === "bar") {
    const totals = new Map();
    for (const point of kept) totals.set(point.x, (totals.get(point.x) ?? 0) + Math.abs(point.value));
    const names = new Set([...totals].sort((one, other) => other[1] - one[1]).slice(0, MOST_BARS).map(([name]) => name));
    kept = kept.filter((point) => names.has(point.x));
  } else kept = kept.sort((one, other) => one.x - other.x).slice(0, 5_000);
  return [kept, all.length - kept.length];
}

const short = (text, most = LONGEST) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Draw into the figure; what it says about itself, and the picture to save. */
export function draw(figure, model, chosen, labels, words) {
  const [along, much] = [of(model, chosen.along), of(model, chosen.much)];
  const [shown, left] = within(points(model, chosen, labels, words), chosen);
  const summed = much && shown.some((point) => point.rows > 1);
  const size = much ? (summed ? fill(words["sum-of"], { name: much.name }) : much.name) : words["number-of-rows"];
  const svg = (chosen.form === "bar" ? bars : along.kind === "date" || isNumber(along) ? curve : bars)(figure, shown, along, size, chosen);
  place(figure, svg, `${words.chart}: ${size}, ${along.name}`);
  return { svg: () => svg, note: left ? fill(words["left-out"], { total: count(left) }) : "" };
}

function shared(figure, points, chosen) {
  const groups = chosen.apart !== ROWS;
  const width = Math.max(320, Math.min(1100, figure.clientWidth || 800));
  return { className: "plot", width, marginRight: groups ? 150 : 30, ...(groups ? { fy: { label: null, tickFormat: (name) => short(name), padding: 0.15 } } : {}) };
}

function bars(figure, points, along, size, chosen) {
  const common = shared(figure, points, chosen);
  const names = [...new Set(points.map((point) => point.x))];
  const isOrdered = isDate(along) || isNumber(along);
  const total = (name) => points.reduce((sum, point) => sum + (point.x === name ? point.value : 0), 0);
  const order = isOrdered ? names.sort((one, other) => one.localeCompare(other, undefined, { numeric: true })) : names.sort((one, other) => total(other) - total(one));
  const groups = new Set(points.map((point) => point.group)).size || 1;
  const longest = Math.max(...names.map((name) => short(name).length), 4);
  const left = Math.min(common.width * 0.45, 16 + longest * LETTER);
  const channels = { x: "value", y: "x", ...(chosen.apart !== ROWS ? { fy: "group" } : {}) };
  return plot({
    ...common,
    height: 70 + groups * (order.length * 22 + 14),
    marginTop: 16,
    marginBottom: 48,
    marginLeft: left,
    x: { label: size, nice: true },
    y: { label: null, domain: order, padding: 0.25 },
    marks: [
      gridX({ strokeOpacity: 0.15 }),
      axisX({ anchor: "bottom", label: size, labelOffset: 40, tickFormat: (value) => count(value, 2) }),
      axisY({ label: null, tickFormat: (name) => short(name, Math.floor((left - 16) / LETTER)), tickSize: 0 }),
      barX(points, { ...channels, fill: "var(--accent)", title: (point) => `${point.name}: ${count(point.value, 2)}` }),
      ruleX([0], { stroke: "currentColor" }),
    ],
  });
}

function curve(figure, points, along, size, chosen) {
  const common = shared(figure, points, chosen);
  const groups = new Set(points.map((point) => point.group)).size || 1;
  const channels = { x: "x", y: "value", ...(chosen.apart !== ROWS ? { fy: "group" } : {}) };
  return plot({
    ...common,
    height: 70 + groups * (groups > 1 ? 120 : 300),
    marginBottom: 48,
    marginLeft: 64,
    x: { label: along.name, type: isDate(along) ? "utc" : "linear", nice: true },
    y: { label: size, nice: true },
    marks: [
      gridY({ strokeOpacity: 0.15 }),
      axisX({ anchor: "bottom", label: along.name, labelOffset: 40 }),
      axisY({ anchor: "left", label: size, tickFormat: (value) => count(value, 2) }),
      ...(chosen.form === "line" ? [lineY(points, { ...channels, stroke: "var(--accent)", strokeWidth: 1.5 })] : []),
      dot(points, { ...channels, r: 3.5, fill: "var(--accent)", title: (point) => `${point.name}: ${count(point.value, 2)}` }),
    ],
  });
}
