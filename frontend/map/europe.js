// The map of Europe, made when the pages are built: paths that the server writes into a page and a script may draw.
//
// From Natural Earth's countries (world-atlas, 1:50 million), whose borders are those that are enforced. Three things are
// changed, and said beside the map: Crimea belongs to Ukraine, as the United Nations General Assembly has it (resolution
// 68/262); Cyprus is one island; the line between Serbia and Kosovo is drawn as disputed.
// The list `countries.json` says which shape is which country: its number in ISO 3166-1 (as world-atlas has it), its two
// letters there, and its item in Wikidata, by which the graph names it. Names are those of Unicode's CLDR.
import { readFileSync } from "node:fs";
import { geoAzimuthalEqualArea, geoContains, geoPath } from "d3-geo";
import { feature, merge, mergeArcs, mesh } from "topojson-client";

export const WIDTH = 1200;
export const HEIGHT = 1150;
const CENTRE = [-16, -53];
// What has to be on the map: its outermost places.
const CORNERS = [[-24.3, 65.4], [-9.5, 37], [-9.2, 38.7], [24, 34.9], [34.2, 34.7], [28, 71.1], [44, 48], [44, 40]];
const CRIMEA = [34.1, 45.3];
const [RUSSIA, UKRAINE, CYPRUS, SERBIA] = ["643", "804", "196", "688"];
// Pixels of the map: rings smaller than this are left out, countries smaller than that get a marker.
const LEAST_RING = 2;
const SMALL = 200;

export function europe() {
  const atlas = JSON.parse(readFileSync(new URL(import.meta.resolve("world-atlas/countries-50m.json"))));
  const codes = JSON.parse(readFileSync(new URL("./countries.json", import.meta.url)));
  const shapes = corrected(atlas);
  const projection = geoAzimuthalEqualArea().rotate(CENTRE)
    .fitExtent([[12, 12], [WIDTH - 12, HEIGHT - 12]], { type: "MultiPoint", coordinates: CORNERS });
  const [x, y] = projection.translate();
  const scale = projection.scale();
  projection.clipExtent([[-2, -2], [WIDTH + 2, HEIGHT + 2]]);
  const path = geoPath(projection).digits(0);
  const names = ["en", "it"].map((language) => [language, new Intl.DisplayNames([language], { type: "region" })]);
  const country = (id, geometry, [iso, qid]) => {
    const drawn = outline(path, feature(atlas, geometry).geometry);
    return "x" in drawn && {
      id, iso, qid, ...drawn,
      names: Object.fromEntries(names.map(([language, of]) => [language, of.of(iso)])),
    };
  };
  const countries = shapes.filter(({ id }) => id in codes).map((one) => country(one.id, one, codes[one.id]));
  const kosovo = shapes.find(({ properties }) => properties.name === "Kosovo");
  countries.push(country("", kosovo, ["XK", "Q1246"]));
  const rest = shapes.filter(({ id, properties }) => !(id in codes) && properties.name !== "Kosovo");
  return {
    width: WIDTH, height: HEIGHT,
    projection: { name: "azimuthal equal-area", rotate: CENTRE, scale, translate: [x, y] },
    source: "Natural Earth, 1:50 million (world-atlas 2.0.2), public domain",
    countries: countries.filter(Boolean).sort((a, b) => (a.iso < b.iso ? -1 : 1)),
    disputed: line(path(mesh({ ...atlas }, { type: "GeometryCollection", geometries: [shapes.find(({ id }) => id === SERBIA), kosovo] }, (a, b) => a !== b))),
    land: large(path, merge(atlas, rest)),
  };
}

// The countries with the borders that the map shows.
function corrected(atlas) {
  const shapes = atlas.objects.countries.geometries.map((one) => ({ ...one }));
  const by = (id) => shapes.find((one) => one.id === id);
  const russia = by(RUSSIA);
  const parts = russia.arcs.map((arcs) => ({ type: "Polygon", arcs }));
  const crimea = parts.filter((part) => geoContains(feature(atlas, part), CRIMEA));
  if (crimea.length !== 1) throw new Error("Crimea is not a part of its own in the map's data: look at it again");
  russia.arcs = parts.filter((part) => part !== crimea[0]).map((part) => part.arcs);
  join(atlas, by(UKRAINE), crimea[0]);
  const north = shapes.find(({ properties }) => properties.name === "N. Cyprus");
  join(atlas, by(CYPRUS), north);
  return shapes.filter((one) => one !== north);
}

function join(atlas, shape, other) {
  const { type, arcs } = mergeArcs(atlas, [shape, other]);
  Object.assign(shape, { type, arcs });
}

// What is drawn of a country: its path, the place inside of it for a sign, and whether it is too small to be seen.
function outline(path, geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const sized = polygons.map((coordinates) => ({ type: "Polygon", coordinates }))
    .map((part) => ({ part, area: path.area(part), drawn: path(part) }))
    .filter(({ drawn }) => drawn).sort((a, b) => b.area - a.area);
  if (!sized.length) return {};
  const kept = sized.filter(({ area }, n) => n === 0 || area >= LEAST_RING);
  const total = sized.reduce((sum, { area }) => sum + area, 0);
  const [x, y] = inside(rings(sized[0].drawn));
  return { path: kept.map(({ drawn }) => line(drawn)).join(""), x, y, ...(total < SMALL ? { small: true } : {}) };
}

// The land of other countries, without its specks.
function large(path, geometry) {
  return geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }))
    .filter((part) => path.area(part) >= LEAST_RING).map((part) => line(path(part))).join("");
}

// A path with steps in place of points, and without those that lead nowhere: half as long.
function line(drawn) {
  return rings(drawn).map((points) => {
    let [x, y] = points[0];
    const steps = points.slice(1).map(([x1, y1]) => {
      const step = [x1 - x, y1 - y];
      [x, y] = [x1, y1];
      return step;
    }).filter(([dx, dy]) => dx || dy);
    return steps.length ? `M${points[0]}l${steps.map(([dx, dy]) => `${dx}${dy < 0 ? "" : ","}${dy}`).join(" ")}${drawn.includes("Z") ? "z" : ""}` : "";
  }).join("");
}

function rings(drawn) {
  return drawn.split("M").filter(Boolean).map((ring) => ring.replace("Z", "").split("L").map((point) => point.split(",").map(Number)));
}

// A place well inside of a polygon, and on the map: the one of a grid that is farthest from all edges.
function inside(all) {
  const points = all.flat();
  const edges = all.flatMap((ring) => ring.map((to, n) => [ring[(n || ring.length) - 1], to]));
  const range = (axis, most) => [Math.max(0, Math.min(...points.map((p) => p[axis]))), Math.min(most, Math.max(...points.map((p) => p[axis])))];
  const [[x0, x1], [y0, y1]] = [range(0, WIDTH), range(1, HEIGHT)];
  let best = [-1, (x0 + x1) / 2, (y0 + y1) / 2];
  const steps = 24;
  for (let i = 1; i < steps; i += 1) {
    for (let j = 1; j < steps; j += 1) {
      const at = [x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * j) / steps];
      if (!contains(all, at)) continue;
      const far = edges.reduce((least, [from, to]) => Math.min(least, distance(at, from, to)), Infinity);
      if (far > best[0]) best = [far, ...at];
    }
  }
  return best.slice(1).map((value) => Math.round(value * 10) / 10);
}

function contains(all, [x, y]) {
  let odd = false;
  for (const ring of all) {
    ring.forEach(([x1, y1], n) => {
      const [x0, y0] = ring[(n || ring.length) - 1];
      if ((y0 > y) !== (y1 > y) && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) odd = !odd;
    });
  }
  return odd;
}

function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x0 + along * dx - x, y0 + along * dy - y);
}

// For the bundler: `virtual:europe` in scripts, `map-europe.json` for the server.
export function europePlugin() {
  let made;
  const make = () => (made ??= JSON.stringify(europe()));
  return {
    name: "europe",
    resolveId: (id) => (id === "virtual:europe" ? "\0virtual:europe" : undefined),
    load: (id) => (id === "\0virtual:europe" ? `export default ${make()};` : undefined),
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "map-europe.json", source: make() });
    },
  };
}
