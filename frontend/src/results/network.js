// The rows of an answer, or the triples of a graph, as a network of what they name; the list beside it says the same.
import cytoscape from "cytoscape";

import { keepNamed, named, unplaced } from "../shared/naming.js";
import { iriLink } from "./cells.js";
import { count, fill, h } from "./dom.js";
import { textOf } from "./model.js";

export const MOST_NAMES = 1_000;
const MOST_NODES = 120;
const NONE = "";
const LONGEST = 40;
const MOST_STRETCHED = 3;
const PADDING = 20;
// The library would write a style sheet into the page, which is refused; it does not where there is one of this name.
const SHEET = "__________cytoscape_stylesheet";

const of = (model, place) => model.columns.find((column) => String(column.place) === String(place));
const ends = (model) => model.columns.filter((column) => column.kind === "iri" || column.isEnd);

/** What is shown first: from the first IRIs to the next. */
export function first(model) {
  const [from, to] = ends(model);
  const between = model.columns.find((column) => column.isLink);
  return { from: String(from.place), to: String(to.place), between: between ? String(between.place) : NONE };
}

/** The choices that a reader has. */
export function fields(model, chosen, words) {
  const named = (columns) => columns.map((column) => [String(column.place), column.name]);
  return [
    { key: "from", options: named(ends(model)) },
    { key: "to", options: named(ends(model)) },
    { key: "between", options: [[NONE, words.unnamed], ...named(model.columns.filter((column) => column.filled && ![chosen.from, chosen.to].includes(String(column.place))))] },
  ];
}

const key = (cell) => (cell.type === "bnode" ? `_:${cell.value}` : cell.value);

function read(model, chosen, labels) {
  const [from, to, between] = [of(model, chosen.from), of(model, chosen.to), of(model, chosen.between)];
  const name = (iri) => labels.name(iri);
  const [nodes, edges] = [new Map(), new Map()];
  let left = 0;
  for (const row of model.rows) {
    const sides = [row.cells[from.place], row.cells[to.place]];
    if (!sides[0] || !sides[1]) continue;
    const fresh = new Set(sides.map(key).filter((one) => !nodes.has(one)));
    if (nodes.size + fresh.size > MOST_NODES) {
      left += 1;
      continue;
    }
    for (const [place, side] of sides.entries()) {
      const node = nodes.get(key(side)) ?? { cell: side, name: textOf(side, name), degree: 0, begins: false };
      node.degree += 1;
      node.begins ||= place === 0;
      nodes.set(key(side), node);
    }
    const label = between && row.cells[between.place] ? textOf(row.cells[between.place], name) : "";
    const id = JSON.stringify([...sides.map(key), label]);
    if (!edges.has(id)) edges.set(id, { id, source: key(sides[0]), target: key(sides[1]), label });
  }
  return { nodes, edges: [...edges.values()], left };
}

function colours(figure) {
  const probe = h("span", { hidden: true });
  figure.append(probe);
  const found = {};
  for (const name of ["ink", "faint", "accent", "raised", "line"]) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  found.font = getComputedStyle(figure).fontFamily;
  probe.remove();
  return found;
}

const look = (c) => [
  ...named(c),
  { selector: "node", style: { "background-color": c.accent } },
  { selector: "node[!begins]", style: { shape: "round-diamond" } },
  { selector: "edge", style: {
    width: "data(thin)", "line-color": c.faint, "target-arrow-color": c.faint, "target-arrow-shape": "triangle", "arrow-scale": 0.8, "curve-style": "bezier",
  } },
  // What a link is called is read at the thing that is pointed at or chosen, or when one is near.
  { selector: "edge[?told]", style: {
    label: "data(label)", color: c.faint, "font-family": c.font, "font-size": "data(letters)", "text-rotation": "autorotate", "text-background-color": c.raised, "text-background-opacity": 0.8,
  } },
  { selector: ":selected", style: { "background-color": c.ink, "line-color": c.accent } },
];

const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

function started(host, nodes, edges, style) {
  const names = [...nodes];
  const radius = 40 + names.length * 9;
  const circle = (place) => ({ x: radius * Math.cos((2 * Math.PI * place) / names.length), y: radius * Math.sin((2 * Math.PI * place) / names.length) });
  return cytoscape({
    container: host,
    elements: [
      ...names.map(([id, node], place) => ({ data: { ...unplaced(node.name, 12 + 4 * Math.sqrt(node.degree)), id, begins: node.begins, degree: node.degree }, position: circle(place) })),
      ...edges.map((edge) => ({ data: { ...edge, label: short(edge.label), told: false, thin: 1.2, letters: 10 } })),
    ],
    style,
    // From the same places to the same picture, and without movement.
    layout: { name: "cose", animate: false, randomize: false, numIter: names.length > 50 ? 300 : 800, nodeDimensionsIncludeLabels: true, idealEdgeLength: () => 90, nodeRepulsion: () => 9_000, padding: PADDING },
    minZoom: 0.15, maxZoom: 4, autoungrabify: false, boxSelectionEnabled: false, userZoomingEnabled: false,
  });
}

/** Stretch a layout, which is about as high as wide, to the shape of the picture: names are wide, and need the width. */
function stretch(net) {
  const [across, down] = ["x", "y"].map((axis) => {
    const places = net.nodes().map((node) => node.position(axis));
    return Math.max(...places) - Math.min(...places);
  });
  if (!across || !down || !net.width() || !net.height()) return;
  const factor = (net.width() / net.height()) / (across / down);
  const [wider, higher] = [Math.max(1, Math.min(factor, MOST_STRETCHED)), Math.max(1, Math.min(1 / factor, MOST_STRETCHED))];
  net.nodes().positions((node) => ({ x: node.position("x") * wider, y: node.position("y") * higher }));
  net.fit(undefined, PADDING);
}

/** Draw into the figure; what it says about itself, and the picture to save. */
export function draw(figure, model, chosen, labels, words) {
  if (!document.getElementById(SHEET)) document.head.append(h("meta", { id: SHEET, name: "kg-network" }));
  const { nodes, edges, left } = read(model, chosen, labels);
  const said = fill(words["network-of"], { nodes: count(nodes.size), edges: count(edges.length) });
  const host = h("div", { class: "canvas", role: "img", "aria-label": said });
  const reading = h("p", { class: "reading" });
  const tools = h("div", { class: "row zoom" });
  const unnamed = h("p", { class: "faint names-left" });
  figure.append(host, tools, unnamed, reading, list(nodes, labels, words));
  const net = started(host, nodes, edges, look(colours(figure)));
  net.on("select", "node", (event) => {
    const { cell } = nodes.get(event.target.id());
    reading.replaceChildren(cell.type === "uri" ? iriLink(cell.value, labels, true) : key(cell));
  });
  stretch(net);
  const names = keepNamed(net, (node) => -node.data("degree"), colours(figure).font, undefined, (hidden) => {
    const told = hidden ? fill(words["names-hidden"], { total: count(hidden) }) : "";
    if (unnamed.textContent !== told) unnamed.textContent = told;
  });
  // The library learns a little later than the reader that the picture has another size.
  const fit = () => net.resize().fit(undefined, PADDING);
  const zoom = (by) => net.zoom({ level: net.zoom() * by, renderedPosition: { x: net.width() / 2, y: net.height() / 2 } });
  tools.append(
    h("button", { type: "button", onclick: () => zoom(1.3), "aria-label": words["zoom-in"] }, "+"),
    h("button", { type: "button", onclick: () => zoom(1 / 1.3), "aria-label": words["zoom-out"] }, "−"),
    h("button", { type: "button", onclick: fit }, words["zoom-fit"]),
  );
  const dress = () => net.style(look(colours(figure)));
  const system = matchMedia("(prefers-color-scheme: dark)");
  document.addEventListener("kg-theme", dress);
  system.addEventListener("change", dress);
  return {
    note: [said, words["network-signs"], left ? fill(words["left-out"], { total: count(left) }) : ""].filter(Boolean).join(" "),
    svg: () => asSvg(net, figure),
    png: async (name) => {
      const blob = await net.png({ output: "blob-promise", full: true, scale: 2, bg: colours(figure).raised, maxWidth: 6_000, maxHeight: 6_000 });
      const link = h("a", { href: URL.createObjectURL(blob), download: `${name}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    end: () => {
      document.removeEventListener("kg-theme", dress);
      system.removeEventListener("change", dress);
      names.end();
      net.destroy();
    },
  };
}

// What the picture shows, for who cannot see it or has no pointer: each with a link, those with most connections first.
function list(nodes, labels, words) {
  const items = [...nodes.values()].sort((one, other) => other.degree - one.degree || one.name.localeCompare(other.name)).map(({ cell, degree }) =>
    h("li", {}, cell.type === "uri" ? iriLink(cell.value, labels, true) : key(cell), h("small", {}, ` ${count(degree)}`)));
  return h("details", { class: "nodes" }, h("summary", {}, fill(words["nodes-list"], { total: count(nodes.size) })), h("ul", { class: "plain-list" }, items));
}

function asSvg(net, figure) {
  const space = "http://www.w3.org/2000/svg";
  const make = (tag, attributes, text = "") => {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const box = net.elements().boundingBox();
  const size = { width: Math.ceil(box.w + 40), height: Math.ceil(box.h + 40) };
  const svg = make("svg", { ...size, viewBox: `${box.x1 - 20} ${box.y1 - 20} ${size.width} ${size.height}`, class: "off-screen" });
  const c = colours(figure);
  for (const edge of net.edges()) {
    const [from, to] = [edge.source().position(), edge.target().position()];
    svg.append(make("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: c.faint, "stroke-width": 1.2 }));
    if (edge.data("label")) svg.append(make("text", { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, "font-size": "9px", fill: c.faint, "text-anchor": "middle" }, edge.data("label")));
  }
  for (const node of net.nodes()) {
    const { x, y } = node.position();
    const half = node.data("size") / 2;
    const diamond = `M${x},${y - half}L${x + half},${y}L${x},${y + half}L${x - half},${y}Z`;
    svg.append(node.data("begins") ? make("circle", { cx: x, cy: y, r: half, fill: c.accent }) : make("path", { d: diamond, fill: c.accent }));
    svg.append(make("text", { x, y: y + node.data("size") / 2 + 13, "font-size": "11px", fill: c.ink, "text-anchor": "middle" }, short(node.data("name"))));
  }
  // In the page for as long as it takes to read its styles.
  figure.append(svg);
  setTimeout(() => svg.remove(), 0);
  return svg;
}
