// What is named together with a resource, as a picture; the list beside it is the equal of it for the keyboard.
import { keepNamed, named, unplaced } from "../shared/naming.js";

function sheet(element) {
  // Cytoscape puts a style element into the page unless there is one of this id; the policy forbids it.
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const holder = document.createElement("meta");
  holder.id = id;
  element.append(holder);
}

function colours(element) {
  const style = getComputedStyle(element);
  // What a token is written with is resolved by an element that has it as its colour.
  const probe = document.createElement("span");
  element.append(probe);
  const of = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(["ink", "paper", "raised", "accent", "strong-line", "on-accent"].map((name) => [name, of(name)]));
  probe.remove();
  return { ...found, font: style.fontFamily };
}

const INNER = 8;

// The same for the same data: the most often named stand nearest, all in the order of the list, clockwise from the top.
function place(index, count, canvas) {
  const inner = Math.min(INNER, count);
  const first = index < inner;
  const turn = first ? index / inner : (index - inner + 0.5) / (count - inner);
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  const far = first && count > inner ? 0.5 : 1;
  const [middle, half] = [canvas.clientWidth / 2, canvas.clientHeight / 2 - 8];
  return { x: middle + far * (middle - 62) * Math.cos(angle), y: half + far * (half - 34) * Math.sin(angle) };
}

function elements(data) {
  const most = Math.max(...data.nodes.map((node) => node.claims));
  const found = [{ data: { ...unplaced(data.name, 26), id: "this", chief: true, index: -1 }, classes: "this" }];
  data.nodes.forEach((node, index) => {
    const id = `n${index}`;
    const size = 9 + 13 * Math.sqrt(node.claims / most);
    found.push({ data: { ...unplaced(node.name, size), id, href: node.href, index }, classes: node.family });
    found.push({ data: { id: `e${index}`, source: "this", target: id, width: 1 + 4 * (node.claims / most) } });
  });
  return found;
}

function look(colour) {
  return [
    ...named(colour),
    { selector: "node", style: { "background-color": colour["strong-line"] } },
    { selector: "node.topic", style: { shape: "round-rectangle" } },
    { selector: "node.event", style: { shape: "diamond" } },
    { selector: "node.forum", style: { shape: "hexagon" } },
    { selector: "node.initiative, node.declaration, node.instrument, node.pillar", style: { shape: "round-tag" } },
    { selector: "node.this", style: { "background-color": colour.accent } },
    { selector: "edge", style: { width: "data(width)", "line-color": colour["strong-line"], opacity: 0.5 } },
  ];
}

export default async function neighbourhood(element, data, words) {
  const { default: cytoscape } = await import("cytoscape");
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.picture);
  sheet(element);
  element.append(canvas);
  const graph = cytoscape({
    container: canvas, elements: elements(data), style: look(colours(element)), layout: { name: "preset" },
    userZoomingEnabled: false, userPanningEnabled: false, boxSelectionEnabled: false, autoungrabify: true,
  });
  graph.on("tap", "node[href]", (event) => { location.href = event.target.data("href"); });
  graph.on("mouseover", "node[href]", () => { canvas.style.cursor = "pointer"; });
  graph.on("mouseout", "node[href]", () => { canvas.style.cursor = ""; });
  document.addEventListener("kg-theme", () => graph.style(look(colours(element))));
  const names = keepNamed(graph, (node) => node.data("index"), getComputedStyle(element).fontFamily, INNER);
  const arrange = () => {
    graph.resize();
    graph.$id("this").position({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 - 8 });
    graph.nodes("[href]").positions((node) => place(node.data("index"), data.nodes.length, canvas));
    graph.viewport({ zoom: 1, pan: { x: 0, y: 0 } });
    names.again();
  };
  new ResizeObserver(arrange).observe(canvas);
}
