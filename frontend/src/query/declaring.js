// Prefixes that everybody knows are declared as they are typed or pasted, in the same step, so that one undo takes both.
import { EditorState } from "@codemirror/state";

/** Characters up to which a text is read at each key. */
const LONGEST = 100_000;
// What is no name, or hides one: comments, strings, IRIs, variables, language tags. The rest: a name, and PREFIX before it.
const PIECE = new RegExp([
  /#.*/, /'''(?:\\[^]|[^\\])*?(?:'''|$)/, /"""(?:\\[^]|[^\\])*?(?:"""|$)/, /'(?:\\.|[^'\\\n])*'?/, /"(?:\\.|[^"\\\n])*"?/, /<</,
  /<[^\s<>"{}|^`\\]*>?/, /[?$][\p{L}\p{N}_]*/, /@[\p{L}\p{N}-]*/, /(prefix\s+)?(\p{L}[\p{L}\p{N}_.-]*):[\p{L}\p{N}_:.%\\-]*/, /[\p{L}\p{N}_:.-]+/,
].map((one) => one.source).join("|"), "giu");
const DECLARATION = /^[ \t]*PREFIX\s+[^\s:]*:\s*<[^>\n]*>[ \t]*\n?/gim;

/** The change, {from, insert}, that declares prefixes, given with their IRIs, before a place in a text. */
export function declaration(text, wanted, before) {
  const lines = [...wanted].sort().map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>\n`).join("");
  const ends = [...text.matchAll(DECLARATION)].map((one) => one.index + one[0].length).filter((end) => end <= before);
  const from = ends.pop() ?? 0;
  return { from, insert: from && text[from - 1] !== "\n" ? `\n${lines}` : lines };
}

/** The prefixes of a text that are used and not declared, each with where it is used: [[from, to, prefix], …]. */
export function undeclared(text) {
  const used = [];
  const declared = new Set();
  for (const { index, 1: keyword, 2: prefix } of text.matchAll(PIECE)) {
    if (keyword) declared.add(prefix);
    else if (prefix) used.push([index, index + prefix.length + 1, prefix]);
  }
  return used.filter(([, , prefix]) => !declared.has(prefix));
}

/** Declares what a reader types or pastes of these prefixes; a Map of prefix to IRI. */
export function declaring(known) {
  return EditorState.transactionFilter.of((transaction) => {
    const isWritten = ["input.type", "input.paste", "input.drop"].some((event) => transaction.isUserEvent(event));
    if (!transaction.docChanged || !isWritten || transaction.newDoc.length > LONGEST) return transaction;
    const written = [];
    transaction.changes.iterChangedRanges((_from, _to, from, to) => written.push([from, to]));
    const text = transaction.newDoc.toString();
    const fresh = undeclared(text).filter(([from, to, prefix]) =>
      known.has(prefix) && written.some(([first, last]) => first < to && last > from));
    if (!fresh.length) return transaction;
    const wanted = new Map(fresh.map(([, , prefix]) => [prefix, known.get(prefix)]));
    return [transaction, { changes: declaration(text, wanted, fresh[0][0]), sequential: true }];
  });
}
