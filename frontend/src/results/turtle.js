// Turtle as this server writes it: its tokens, for colours and links, and the triples among them, for a picture.

const TOKEN = new RegExp([
  "(?<comment>#[^\\n]*)",
  "(?<iri><(?!<)[^\\s<>\"{}|^`\\\\]*>)",
  '(?<string>"""(?:[^"\\\\]|\\\\[^]|"(?!""))*"""|"(?:[^"\\\\\\n]|\\\\[^])*"|\'(?:[^\'\\\\\\n]|\\\\[^])*\')',
  "(?<keyword>@(?:prefix|base)\\b|\\b(?:PREFIX|BASE|VERSION)\\b)",
  "(?<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\\^\\^)",
  "(?<blank>_:[\\w.-]*[\\w-])",
  "(?<name>(?:[A-Za-z][\\w.-]*)?:(?:[\\w:-]|\\.(?=[\\w:.-]*[\\w:-])|%[0-9A-Fa-f]{2}|\\\\.)*)",
  "(?<number>[+-]?(?:\\d+\\.\\d*|\\.\\d+|\\d+)(?:[eE][+-]?\\d+)?)",
  "(?<word>\\b(?:a|true|false)\\b)",
  "(?<mark><<\\(?|\\)?>>|[.;,\\[\\]()])",
  "(?<space>\\s+)",
  "(?<other>[^])",
].join("|"), "gu");

/** The tokens of a text: {kind, text}; together they are the text. */
export function* tokens(text) {
  for (const match of text.matchAll(TOKEN)) {
    for (const [kind, value] of Object.entries(match.groups)) {
      if (value !== undefined) yield { kind, text: value };
    }
  }
}

/** The statements of a text, each a list of tokens up to its full stop; prefixes are statements of their own. */
export function statements(text) {
  const found = [];
  let now = [];
  for (const token of tokens(text)) {
    if (token.kind === "space" && !now.length) continue;
    now.push(token);
    // PREFIX and BASE, unlike @prefix and @base, end with their IRI.
    if ((token.kind === "mark" && token.text === ".") || (token.kind === "iri" && /^(PREFIX|BASE)$/i.test(now[0].text))) {
      found.push(now);
      now = [];
    }
  }
  if (now.length) found.push(now);
  return found;
}

/** The prefixes that a text declares, by name with its colon. */
export function prefixes(all) {
  const found = {};
  for (const statement of all) {
    if (!/prefix/i.test(statement[0].text)) continue;
    const [name, iri] = ["name", "iri"].map((kind) => statement.find((token) => token.kind === kind));
    if (name && iri) found[name.text] = iri.text.slice(1, -1);
  }
  return found;
}

/** The IRI that a token stands for, null if none. */
export function iriOf(token, spaces) {
  if (token.kind === "iri") return token.text.slice(1, -1);
  if (token.kind === "word" && token.text === "a") return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  if (token.kind !== "name") return null;
  const [prefix] = token.text.split(":", 1);
  const space = spaces[`${prefix}:`];
  return space === undefined ? null : space + token.text.slice(prefix.length + 1).replace(/\\(.)/g, "$1");
}

/** The triples between IRIs and blank nodes: [subject, predicate, object]. Those with literals and triple terms are left out. */
export function links(all, spaces) {
  const found = [];
  for (const statement of all) {
    if (statement[0].kind === "keyword") continue;
    let [subject, predicate, depth, datatype] = [null, null, 0, false];
    for (const token of statement) {
      if (token.kind === "mark") {
        if (token.text.startsWith("<<") || token.text === "(" || token.text === "[") depth += 1;
        else if (token.text.endsWith(">>") || token.text === ")" || token.text === "]") depth -= 1;
        else if (token.text === ";" && !depth) predicate = null;
        continue;
      }
      const term = token.kind === "blank" ? token.text : iriOf(token, spaces);
      const typing = datatype;
      datatype = token.text === "^^";
      if (depth || typing || term === null) continue;
      if (subject === null) subject = term;
      else if (predicate === null) predicate = term;
      else found.push([subject, predicate, term]);
    }
  }
  return found;
}
