// The answer to a query as columns and rows with types: what sorting, filtering and pictures go by. Nothing of a page here.
import { moment } from "./dates.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const EDTF = "http://id.loc.gov/datatypes/edtf/";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
    "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"].map((name) => XSD + name),
);
const DATES = new Set(["date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"].map((name) => XSD + name));

/** What kind of value a cell has: iri, blank, triple, number, date, boolean or text. */
export function kindOf(cell) {
  if (cell.type === "uri") return "iri";
  if (cell.type === "bnode") return "blank";
  if (cell.type === "triple") return "triple";
  if (NUMBERS.has(cell.datatype) && !Number.isNaN(Number(cell.value)) && cell.value !== "") return "number";
  const dated = DATES.has(cell.datatype) || cell.datatype?.startsWith(EDTF);
  if (dated && moment(cell.value)) return "date";
  return cell.datatype === `${XSD}boolean` ? "boolean" : "text";
}

// The language or datatype that all cells of a column share, and none of the usual ones.
function sharedTag(cells) {
  const tags = new Set(cells.map((cell) => (cell.type === "literal" ? cell["xml:lang"] ?? cell.datatype ?? "" : "")));
  return tags.size === 1 ? [...tags][0] : "";
}

// Texts that are dates without saying so, as what a function of a query made of one.
function areDates(cells) {
  return cells.every((cell) => cell.type === "literal" && !cell["xml:lang"] && /^[[{.\d-]/.test(cell.value) && /\d{4}/.test(cell.value) && moment(cell.value));
}

/** Columns and rows of SPARQL results in JSON; a row has its number in the answer, from 1, and its cells by column. */
export function read(json) {
  const names = json.head.vars ?? [];
  const rows = json.results.bindings.map((binding, place) => ({ number: place + 1, cells: names.map((name) => binding[name]) }));
  const columns = names.map((name, place) => {
    const cells = rows.map((row) => row.cells[place]).filter(Boolean);
    const kinds = new Set(cells.map(kindOf));
    let kind = kinds.size === 1 ? [...kinds][0] : kinds.size ? "mixed" : "empty";
    if (kind === "text" && areDates(cells)) kind = "date";
    return { name, place, kind, tag: sharedTag(cells), filled: cells.length };
  });
  return { columns, rows };
}

/** All IRIs in these cells, those within triples as well. */
export function* iris(cells) {
  for (const cell of cells) {
    if (!cell) continue;
    if (cell.type === "uri") yield cell.value;
    else if (cell.type === "triple") yield* iris(Object.values(cell.value));
  }
}

/** A cell as one line of text; `name` says what an IRI is called. */
export function textOf(cell, name) {
  if (!cell) return "";
  if (cell.type === "uri") return name(cell.value);
  if (cell.type === "bnode") return `_:${cell.value}`;
  if (cell.type !== "triple") return cell.value;
  const { subject, predicate, object } = cell.value;
  return `<<( ${[subject, predicate, object].map((part) => textOf(part, name)).join(" ")} )>>`;
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The rows sorted by a column, those with nothing there last; `name` says what an IRI is called. */
export function sorted(rows, column, descending, name, language) {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const keys = new Map();
  for (const row of rows) {
    const cell = row.cells[column.place];
    if (!cell) continue;
    const kind = kindOf(cell);
    if (kind === "number") keys.set(row, [0, Number(cell.value), cell.value]);
    else if (column.kind === "date" || kind === "date") {
      const when = moment(cell.value);
      keys.set(row, [1, when.openStart ? when.to : when.from, cell.value]);
    } else keys.set(row, [2, 0, textOf(cell, name)]);
  }
  const having = rows.filter((row) => keys.has(row));
  const direction = descending ? -1 : 1;
  having.sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    return direction * (a[0] - b[0] || a[1] - b[1] || collator.compare(a[2], b[2])) || one.number - other.number;
  });
  return [...having, ...rows.filter((row) => !keys.has(row))];
}

// Whether a cell is what a reader wrote above its column: a part of its text, or a comparison such as “> 10”.
function passes(cell, wanted, name) {
  const comparison = /^(<=|>=|<|>|=)\s*(\S.*)$/.exec(wanted.trim());
  if (!comparison) return plain(`${textOf(cell, name)} ${cell?.type === "uri" ? cell.value : ""}`).includes(plain(wanted.trim()));
  if (!cell) return false;
  const [, sign, bound] = comparison;
  let [value, limit] = [Number(cell.value), Number(bound)];
  if (Number.isNaN(limit) || kindOf(cell) === "date") {
    const [when, than] = [moment(cell.value), moment(bound)];
    if (!when || !than) return sign === "=" && plain(textOf(cell, name)) === plain(bound);
    value = when.openStart ? when.to : when.from;
    limit = sign === ">" || sign === "<=" ? than.to - 1 : than.from;
    if (sign === "=") return when.from >= than.from && when.to <= than.to;
  }
  return { "<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit, "=": value === limit }[sign];
}

/** The rows in which some cell has the text, and each cell what is wanted of its column (by place). */
export function filtered(rows, text, wanted, name) {
  const words = plain(text).split(/\s+/).filter(Boolean);
  const asked = Object.entries(wanted).filter(([, value]) => value.trim());
  if (!words.length && !asked.length) return rows;
  return rows.filter((row) => {
    if (!asked.every(([place, value]) => passes(row.cells[place], value, name))) return false;
    if (!words.length) return true;
    const all = plain(row.cells.map((cell) => `${textOf(cell, name)} ${cell?.type === "uri" ? cell.value : ""}`).join(" "));
    return words.every((word) => all.includes(word));
  });
}

/** How many different values a column has. */
export function different(rows, column) {
  return new Set(rows.map((row) => row.cells[column.place]?.value).filter((value) => value !== undefined)).size;
}
