// The rows of an answer along time. What a date leaves open is seen: a bar for a span, hollow if it is not sure, an arrow where it has no end.
import { axisX, dot, gridX, link, plot, text } from "@observablehq/plot";

import { moment } from "./dates.js";
import { count, fill } from "./dom.js";
import { different, textOf } from "./model.js";
import { place } from "./plotted.js";

export const MOST_NAMES = 1_000;
const MOST_ROWS = 150;
const NONE = "";
const DAY = 86_400_000;

const of = (model, place) => model.columns.find((column) => String(column.place) === String(place));
const dates = (model) => model.columns.filter((column) => column.kind === "date");

/** What is shown first: the first dates, up to the second if there are, named by the most telling other column. */
export function first(model) {
  const [start, end] = dates(model);
  const others = model.columns.filter((column) => !dates(model).includes(column) && column.filled);
  const telling = [...others].sort((one, other) => different(model.rows, other) - different(model.rows, one));
  const label = telling.find((column) => column.kind === "text") ?? telling[0] ?? start;
  return { start: String(start.place), end: end ? String(end.place) : NONE, label: String(label.place) };
}

/** The choices that a reader has. */
export function fields(model, chosen, words) {
  const named = (columns) => columns.map((column) => [String(column.place), column.name]);
  return [
    { key: "start", options: named(dates(model)) },
    { key: "end", options: [[NONE, words["same-date"]], ...named(dates(model).filter((column) => String(column.place) !== chosen.start))] },
    { key: "label", options: named(model.columns.filter((column) => column.filled)) },
  ];
}

function spans(model, chosen, labels) {
  const [start, end, label] = [of(model, chosen.start), of(model, chosen.end), of(model, chosen.label)];
  const found = [];
  for (const row of model.rows) {
    const [begin, last] = [row.cells[start.place], end && row.cells[end.place]];
    const [from, to] = [begin && moment(begin.value), last && moment(last.value)];
    if (!from) continue;
    found.push({
      from: from.from, to: Math.max(from.from, to ? to.to : from.to), openStart: from.openStart, openEnd: to ? to.openEnd : from.openEnd,
      unsure: from.approximate || Boolean(to?.approximate), name: textOf(row.cells[label.place], (iri) => labels.name(iri)),
      written: [begin.value, last?.value].filter(Boolean).join(" – "),
    });
  }
  return found.sort((one, other) => one.from - other.from || one.to - other.to);
}

/** Draw into the figure; what it says about itself, and the picture to save. */
export function draw(figure, model, chosen, labels, words) {
  const all = spans(model, chosen, labels);
  const shown = all.slice(0, MOST_ROWS).map((one, row) => ({ ...one, row }));
  const width = Math.max(320, Math.min(1300, figure.clientWidth || 900));
  const [least, most] = [Math.min(...shown.map((one) => one.from)), Math.max(...shown.map((one) => one.to))];
  const room = Math.max((most - least) * 0.04, 15 * DAY);
  const [begin, end] = [least - room, most + room];
  const isSpan = (one) => one.to - one.from > DAY || one.openStart || one.openEnd;
  const left = (one) => (one.openStart ? begin : one.from);
  const right = (one) => (one.openEnd ? end : isSpan(one) ? one.to : one.from);
  // Names stand on the side that has room for them, as much of them as there is room for.
  const across = (moment) => (moment - begin) / (end - begin);
  const isLate = (one) => across(left(one)) > 0.5;
  const label = (one) => {
    const room = Math.floor(((isLate(one) ? across(left(one)) : 1 - across(one.openEnd ? left(one) : right(one))) * width) / 6.6) - 4;
    return one.name.length > room ? `${one.name.slice(0, Math.max(1, room - 1))}…` : one.name;
  };
  const title = (one) => `${one.name}\n${one.written}`;
  const points = shown.filter((one) => !isSpan(one));
  const wide = shown.filter(isSpan);
  // A bar without an end runs below its name.
  const height = (one) => (one.openEnd && !isLate(one) ? one.row + 0.38 : one.row);
  const bar = (some, more) => link(some, {
    x1: (one) => new Date(left(one)), x2: (one) => new Date(right(one)), y1: height, y2: height, stroke: "var(--accent)", title, ...more,
  });
  const names = (anchor, some) => text(some, {
    x: (one) => new Date(anchor === "end" || one.openEnd ? left(one) : right(one)), y: "row", text: label, textAnchor: anchor, dx: anchor === "start" ? 10 : -10,
    fill: "currentColor", stroke: "var(--raised)", strokeWidth: 4, title,
  });
  const arrow = (some, sign, at) => text(some, { x: () => new Date(at), y: height, text: () => sign, fill: "var(--accent)" });
  const svg = plot({
    className: "plot",
    width,
    height: 60 + shown.length * 25,
    marginLeft: 14, marginRight: 14, marginTop: 40,
    x: { type: "utc", domain: [new Date(begin), new Date(end)], label: null },
    y: { axis: null, domain: [-0.7, shown.length - 0.3], reverse: true },
    marks: [
      axisX({ anchor: "top", label: null }),
      gridX({ strokeOpacity: 0.15 }),
      bar(wide.filter((one) => !one.unsure), { strokeWidth: 4 }),
      bar(wide.filter((one) => one.unsure), { strokeWidth: 4, strokeDasharray: "3 3" }),
      dot(points.filter((one) => !one.unsure), { x: (one) => new Date(one.from), y: "row", r: 5, fill: "var(--accent)", title }),
      dot(points.filter((one) => one.unsure), { x: (one) => new Date(one.from), y: "row", r: 5, fill: "var(--raised)", stroke: "var(--accent)", strokeWidth: 2, title }),
      arrow(wide.filter((one) => one.openStart), "◀", begin),
      arrow(wide.filter((one) => one.openEnd), "▶", end),
      names("start", shown.filter((one) => !isLate(one))),
      names("end", shown.filter(isLate)),
    ],
  });
  place(figure, svg, fill(words["timeline-of"], { total: count(shown.length) }));
  const notes = [words["timeline-signs"]];
  if (all.length > shown.length) notes.push(fill(words["left-out"], { total: count(all.length - shown.length) }));
  if (model.rows.length > all.length) notes.push(fill(words["without-date"], { total: count(model.rows.length - all.length) }));
  return { svg: () => svg, note: notes.join(" ") };
}
