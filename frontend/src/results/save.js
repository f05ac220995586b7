// A picture as a file, made in the page: SVG with all its colours in it, or PNG drawn from it.
const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity", "stroke-opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "stroke-linejoin"];

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const paper = (svg) => getComputedStyle(svg.closest("figure") ?? svg).backgroundColor;

function alone(svg) {
  const copied = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copied, ...copied.querySelectorAll("*")].forEach((element, place) => {
    const style = getComputedStyle(originals[place]);
    for (const name of KEPT) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
    element.removeAttribute("style");
  });
  copied.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const back = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: paper(svg) })) back.setAttribute(name, value);
  copied.prepend(back);
  return copied;
}

/** Save an SVG that the page shows. */
export function saveSvg(svg, name) {
  const text = new XMLSerializer().serializeToString(alone(svg));
  download(new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}`], { type: "image/svg+xml" }), `${name}.svg`);
}

function paint(context, element) {
  const style = getComputedStyle(element);
  const number = (name) => element[name].baseVal.value;
  const path = new Path2D();
  if (element.localName === "path") path.addPath(new Path2D(element.getAttribute("d")));
  else if (element.localName === "rect") path.rect(number("x"), number("y"), number("width"), number("height"));
  else if (element.localName === "circle") path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
  else if (element.localName === "line") {
    path.moveTo(number("x1"), number("y1"));
    path.lineTo(number("x2"), number("y2"));
  }
  const opacity = Number(style.opacity);
  if (style.fill !== "none" && element.localName !== "line") {
    context.globalAlpha = opacity * Number(style.fillOpacity);
    context.fillStyle = style.fill;
    context.fill(path);
  }
  if (style.stroke !== "none") {
    context.globalAlpha = opacity * Number(style.strokeOpacity);
    context.strokeStyle = style.stroke;
    context.lineWidth = parseFloat(style.strokeWidth);
    context.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(parseFloat));
    context.stroke(path);
  }
}

function write(context, element) {
  const style = getComputedStyle(element);
  context.globalAlpha = Number(style.opacity);
  context.fillStyle = style.fill;
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  let start = 0;
  // Each line of a text begins where the browser has put its first character.
  const written = (part) => [...part.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
  for (const part of element.querySelector("tspan") ? element.querySelectorAll("tspan") : [element]) {
    const line = written(part);
    if (!line) continue;
    const place = element.getStartPositionOfChar(start);
    if (style.stroke !== "none") {
      context.strokeStyle = style.stroke;
      context.lineWidth = parseFloat(style.strokeWidth);
      context.lineJoin = "round";
      context.setLineDash([]);
      context.strokeText(line, place.x, place.y);
    }
    context.fillText(line, place.x, place.y);
    start += line.length;
  }
}

/** Save an SVG that the page shows as PNG, at twice its size. Only shapes and texts are drawn, which is all there is. */
export function savePng(svg, name) {
  const scale = 2;
  const box = svg.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [box.width * scale, box.height * scale];
  const context = canvas.getContext("2d");
  context.fillStyle = paper(svg);
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const element of svg.querySelectorAll("path, rect, circle, line, text")) {
    if (element.closest("defs, clipPath, title")) continue;
    const matrix = element.getScreenCTM();
    const place = new DOMMatrix([matrix.a, matrix.b, matrix.c, matrix.d, matrix.e - box.left, matrix.f - box.top]);
    context.setTransform(new DOMMatrix().scale(scale).multiply(place));
    if (element.localName === "text") write(context, element);
    else paint(context, element);
  }
  canvas.toBlob((blob) => download(blob, `${name}.png`), "image/png");
}
