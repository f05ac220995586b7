// A map of Europe with a colour and a sign for each row of a result. The same shapes as on the page /map.
//
//   await draw(container, [{ qid, iso or iri, value, label, sign, href }], { title, empty, states })
//
// A row names its state by the item of Wikidata, by two letters (ISO 3166-1), or by its IRI in the graph; for the last,
// `states` is the address of the list that says which item each is (/map/states.json). `value` is a number, which chooses
// the depth of the colour, or anything else, each of which gets a colour; `sign` stands on the land beside the colour, and
// is the number if there is none. Returns the rows that are not on the map; a table beside has to have all of them.
const NAMESPACE = "http://www.w3.org/2000/svg";
// Hues that are told apart with any kind of sight (Okabe and Ito), as far as they go; further values share the last.
const HUES = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00", "#999999"];

export async function draw(container, rows, { title = "", empty = "", states } = {}) {
  const { default: map } = await import("virtual:europe");
  const items = states && rows.some((row) => row.iri && !row.qid && !row.iso) ? await itemsOf(states) : {};
  const by = new Map(map.countries.flatMap((country) => [[country.qid, country], [country.iso, country]]));
  const placed = new Map();
  const outside = [];
  for (const row of rows) {
    const country = by.get(row.qid ?? row.iso ?? items[row.iri]);
    if (country) placed.set(country, [...(placed.get(country) ?? []), row]);
    else outside.push(row);
  }
  const fill = colours(rows);
  const svg = make("svg", { viewBox: `0 0 ${map.width} ${map.height}`, "aria-hidden": "true", focusable: "false" });
  svg.append(
    make("rect", { class: "sea", width: map.width, height: map.height }),
    make("path", { class: "land", d: map.land }),
  );
  const language = document.documentElement.lang;
  for (const country of map.countries) {
    if (!placed.has(country)) svg.append(shape(country, `${country.names[language] ?? country.names.en}${empty && `: ${empty}`}`));
  }
  for (const [country, here] of placed) svg.append(place(country, here, fill));
  svg.append(make("path", { class: "disputed", d: map.disputed }));
  const figure = document.createElement("figure");
  figure.className = "drawn";
  figure.append(svg);
  if (title) figure.append(Object.assign(document.createElement("figcaption"), { className: "faint", textContent: title }));
  container.replaceChildren(figure);
  return outside;
}

async function itemsOf(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return Object.fromEntries((await response.json()).map(({ iri, qid }) => [iri, qid]));
}

// What colour a value has: deeper for a larger number, another for each other thing.
function colours(rows) {
  const values = rows.map(({ value }) => value);
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length && numbers.length === values.filter((value) => value !== undefined).length) {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return (value) => `color-mix(in srgb, var(--accent) ${Math.round(12 + (most > least ? ((value - least) / (most - least)) * 48 : 30))}%, var(--raised))`;
  }
  const different = [...new Set(values.map(String))];
  return (value) => `color-mix(in srgb, ${HUES[Math.min(different.indexOf(String(value)), HUES.length - 1)]} 55%, var(--raised))`;
}

function place(country, rows, fill) {
  const [row] = rows;
  const group = make("a", { class: "place", tabindex: "-1" });
  if (row.href) group.setAttribute("href", row.href);
  const drawn = shape(country, rows.map(({ label, value }) => [label, value].filter((one) => one !== undefined).join(": ")).join("\n"));
  const parts = country.small ? [drawn, make("circle", { class: "country", cx: country.x, cy: country.y, r: 15 })] : [drawn];
  for (const part of parts) part.style.fill = fill(row.value);
  const sign = make("text", { x: country.x, y: country.y, dy: "0.36em" });
  sign.textContent = row.sign ?? (typeof row.value === "number" ? row.value.toLocaleString(document.documentElement.lang) : "•");
  group.append(...parts, sign);
  return group;
}

function shape(country, said) {
  const path = make("path", { class: "country", "data-iso": country.iso, d: country.path });
  const title = make("title", {});
  title.textContent = said;
  path.append(title);
  return path;
}

function make(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
