// Whether a query asks as of a day.

/** Strings, IRIs and comments, in which no variable stands; and the variable. */
const PARTS = new RegExp([
  /"""(?:[^\\]|\\.)*?"""/, /'{3}(?:[^\\]|\\.)*?'{3}/, /"(?:[^"\\\n]|\\.)*"/, /'(?:[^'\\\n]|\\.)*'/,
  /<[^<>"{}|^`\\\s]*>/, /#[^\n]*/, /([?$]asOf)(?![\p{L}\p{N}_])/u,
].map((part) => part.source).join("|"), "gsu");

/** True if a query reads ?asOf. */
export function usesDay(text) {
  for (const found of text.matchAll(PARTS)) if (found[1]) return true;
  return false;
}
