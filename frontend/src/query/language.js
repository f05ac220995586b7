// How SPARQL is coloured: the mode for SPARQL 1.1, taught the marks of SPARQL 1.2 (triple terms, reifiers, annotations).
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql as older } from "@codemirror/legacy-modes/mode/sparql";
import { tags } from "@lezer/highlight";

const MARKS = /^(?:<<\(|\)>>|<<|>>|\{\||\|\}|~)/;
const outsideOfStrings = older.startState().tokenize;

const mode = {
  ...older,
  name: "sparql",
  token(stream, state) {
    if (!stream.sol() && state.tokenize === outsideOfStrings && stream.match(MARKS)) return "bracket";
    return older.token(stream, state);
  },
};

// The colours are those of the page, and change with its theme.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: tags.standard(tags.variableName), color: "var(--link)" },
  { tag: tags.local(tags.variableName), color: "var(--good)" },
  { tag: tags.atom, color: "var(--ink)" },
  { tag: tags.string, color: "var(--doubtful)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.bracket, tags.operator, tags.meta], color: "var(--faint)" },
]);

export const sparql = [StreamLanguage.define(mode), syntaxHighlighting(colours)];
