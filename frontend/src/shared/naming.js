// The names in a network that Cytoscape draws: of one size on the screen however near one is, as many as have room, those
// of what is pointed at or chosen and of the most connected first. What has no name on the picture is in the list beside.
import { broken, placed } from "./placing.js";

const SIZE = 12;
const LEADING = 1.25;
const WIDE = 132;
const LINES = 2;
const LINES_OF_CHOSEN = 4;
const SMALLEST = 3.5;
const THIN = 1.2;
// How near one is when lines get no thinner any more, and when each link says what it is.
const [FAR, NEAR] = [0.3, 1.2];
const SIDES = {
  below: ["bottom", "center"], above: ["top", "center"], right: ["center", "right"], left: ["center", "left"],
};

const pen = document.createElement("canvas").getContext("2d");

/** The rules of style that show the names. `colour` has ink, raised and font. */
export function named(colour) {
  return [
    { selector: "node", style: {
      label: "data(shown)", width: "data(drawn)", height: "data(drawn)", color: colour.ink, "font-family": colour.font,
      "font-size": "data(letters)", "line-height": LEADING, "text-wrap": "wrap", "text-max-width": "10000px",
      "text-valign": "data(valign)", "text-halign": "data(halign)", "text-margin-x": "data(across)", "text-margin-y": "data(down)",
      "text-background-color": colour.raised, "text-background-opacity": 0.85,
    } },
    { selector: "node[?chief]", style: { "font-weight": "bold" } },
  ];
}

/** The data of a node of a name and a size before there is a picture: named in full, so that a layout leaves room. */
export function unplaced(name, size) {
  pen.font = `${SIZE}px sans-serif`;
  const shown = broken(name, WIDE, LINES, (one) => pen.measureText(one).width).join("\n");
  return { name, size, shown, drawn: size, letters: SIZE, valign: "bottom", halign: "center", across: 0, down: 4 };
}

/**
 * Keep the nodes of a network named; `rank` orders them, the least first, and the names of the first few (`chief`) may
 * hide a sign of another; `tell` is told how many of those in sight have no room for a name. Gives back what names them
 * anew, and what ends it.
 */
export function keepNamed(net, rank, font, chief, tell = () => {}) {
  let pointed = "";
  let waiting = 0;
  const write = () => {
    waiting = 0;
    if (net.destroyed()) return;
    const near = net.zoom();
    const must = (node) => node.id() === pointed || node.selected() || Boolean(node.data("chief"));
    const points = net.nodes().toArray().sort((one, other) => rank(one) - rank(other)).map((node) => {
      const isChosen = must(node);
      pen.font = `${node.data("chief") ? "bold " : ""}${SIZE}px ${font}`;
      const text = broken(node.data("name"), WIDE, isChosen ? LINES_OF_CHOSEN : LINES, (one) => pen.measureText(one).width);
      const { x, y } = node.renderedPosition();
      const width = Math.max(...text.map((line) => pen.measureText(line).width)) + 4;
      const half = Math.max((node.data("size") * near) / 2, SMALLEST);
      return { id: node.id(), node, text, x, y, half, width, height: text.length * SIZE * LEADING + 2, must: isChosen };
    });
    const found = placed(points, net.width(), net.height(), chief);
    const inSight = ({ x, y }) => x >= 0 && y >= 0 && x <= net.width() && y <= net.height();
    tell(points.filter((point) => inSight(point) && !found.has(point.id)).length);
    net.batch(() => {
      for (const { id, node, text, half } of points) {
        const side = found.get(id)?.side;
        const [valign, halign] = SIDES[side ?? "below"];
        const gap = 4 / near;
        node.data({
          shown: side ? text.join("\n") : "", drawn: (2 * half) / near, letters: SIZE / near, valign, halign,
          across: { right: gap, left: -gap }[side] ?? 0, down: { below: gap, above: -gap }[side] ?? 0,
        });
      }
      net.edges().forEach((edge) => {
        const told = near >= NEAR || must(edge.source()) || must(edge.target());
        edge.data({ told, thin: THIN / Math.max(near, FAR), letters: (SIZE - 2) / near });
      });
    });
  };
  const again = () => { waiting ||= requestAnimationFrame(write); };
  net.on("viewport resize", again);
  net.on("select unselect position", "node", again);
  net.on("mouseover", "node", (event) => { pointed = event.target.id(); again(); });
  net.on("mouseout", "node", () => { pointed = ""; again(); });
  write();
  return { again, end: () => cancelAnimationFrame(waiting) };
}
