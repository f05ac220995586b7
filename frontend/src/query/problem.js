// What went wrong with a query: said in words, underlined in the editor, and mended by the server's own proposal.

/** The piece of a text that a problem is about, {from, to}; null where it names no place. */
export function pieceOf(text, problem) {
  if (!problem.line) return null;
  const lines = text.split("\n");
  if (problem.line > lines.length) return null;
  const start = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const from = start + units(text.slice(start), (problem.column ?? 1) - 1);
  const rest = text.slice(from);
  const length = problem.length === undefined ? (/^(?:[?$]?[\p{L}\p{N}_:.\-]*[\p{L}\p{N}_:\-]|\S)/u.exec(rest)?.[0].length ?? 0)
    : units(rest, problem.length);
  return { from, to: Math.min(from + length, text.length) };
}

/** How many halves the first characters of a text have. */
function units(text, characters) {
  let found = 0;
  for (const one of text) {
    if (characters-- <= 0) break;
    found += one.length;
  }
  return found;
}

/** The change that a proposal stands for, {from, to, insert}; null if there is none. */
export function changeOf(text, problem) {
  if (!problem.proposal) return null;
  if (/^(PREFIX|BASE)\s/i.test(problem.proposal) && problem.length === undefined) {
    return { from: 0, to: 0, insert: `${problem.proposal}\n` };
  }
  const piece = pieceOf(text, problem);
  return piece && { ...piece, insert: problem.proposal };
}

/** Show a failure in an element, in the reader's words and the server's; `act` has `mend(change)` and `go(place)`. */
export function tell(element, failure, text, words, act) {
  const { problem, kind } = failure;
  const heading = document.createElement("p");
  heading.className = "problem-title";
  heading.textContent = words[`failed-${problem.code}`] ?? words[`failed-${problem.status}`] ?? words[`failed-${kind}`]
    ?? words["failed-problem"];
  const parts = [heading];
  if (problem.detail) {
    const said = document.createElement("p");
    said.lang = problem.spoken || "en";
    said.textContent = [problem.detail, problem.remedy].filter(Boolean).join(" ");
    parts.push(said);
  }
  if (problem.quoted) {
    const quoted = document.createElement("pre");
    quoted.textContent = problem.quoted;
    quoted.tabIndex = 0;
    parts.push(quoted);
  }
  const piece = pieceOf(text, problem);
  const change = changeOf(text, problem);
  const row = document.createElement("p");
  row.className = "row";
  if (change) {
    const shown = document.createElement("code");
    shown.textContent = problem.proposal;
    const mend = button(words.mend, () => act.mend(change));
    mend.className = "main";
    row.append(mend, shown);
  }
  if (piece) row.append(button(words["go-there"].replace("{line}", problem.line), () => act.go(piece.from)));
  if (act.again && (kind !== "problem" || [429, 503, 504].includes(problem.status))) row.append(button(words.again, act.again));
  if (problem.type) {
    const more = document.createElement("a");
    more.href = problem.type;
    more.textContent = words["what-it-means"];
    row.append(more);
  }
  if (row.childNodes.length) parts.push(row);
  element.replaceChildren(...parts);
  element.hidden = false;
}

/** Show in a line what is wrong with a query that nobody has run yet. */
export function remark(element, problem, text, words, mend) {
  const said = document.createElement("span");
  said.lang = problem.spoken || "en";
  said.textContent = [problem.detail, problem.remedy].filter(Boolean).join(" ");
  const change = changeOf(text, problem);
  const where = `${words.line} ${problem.line}: `;
  element.replaceChildren(where, said, ...(change ? [" ", button(words.mend, () => mend(change))] : []));
  element.hidden = false;
}

/** Show a line for each name that the graph does not have, {line, column, length, says, proposal}. */
export function warn(element, unknown, text, words, mend) {
  element.replaceChildren(...unknown.map((one) => {
    const item = document.createElement("li");
    const change = changeOf(text, one);
    item.append(`${words.line} ${one.line}: `, one.says, ...(change ? [" ", button(put(words, one), () => mend(change))] : []));
    return item;
  }));
  element.hidden = !unknown.length;
}

function put(words, one) {
  return words.put.replace("{term}", one.proposal);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
