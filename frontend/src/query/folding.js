// What of a query can be folded: what stands in braces over several lines, and a block of PREFIX and BASE.
import { codeFolding, foldEffect, foldedRanges, foldGutter, foldKeymap, foldService, unfoldEffect } from "@codemirror/language";
import { EditorView, keymap } from "@codemirror/view";

/** Strings, IRIs and comments hide braces. */
const PIECES = /"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|<[^\s<>"{}|^`\\]*>|#[^\n]*|[{}]/g;
const DECLARED = /^[ \t]*(?:PREFIX|BASE|VERSION)\b/i;

const known = new WeakMap();

/** The pieces of a document that can be folded, {from, to}, in the order in which they begin. */
function folds(doc) {
  let found = known.get(doc);
  if (found) return found;
  found = [];
  const opened = [];
  for (const { 0: piece, index } of doc.toString().matchAll(PIECES)) {
    if (piece === "{") opened.push(index);
    else if (piece === "}" && opened.length) {
      const from = opened.pop() + 1;
      if (doc.lineAt(from).number < doc.lineAt(index).number) found.push({ from, to: index });
    }
  }
  let first = 0;
  for (let number = 1; number <= doc.lines + 1; number += 1) {
    const declares = number <= doc.lines && DECLARED.test(doc.line(number).text);
    if (declares) first ||= number;
    else {
      if (first && number - first > 1) found.push({ from: doc.line(first).to, to: doc.line(number - 1).to });
      first = 0;
      if (number <= doc.lines && doc.line(number).text.trim()) break;
    }
  }
  known.set(doc, found.sort((one, other) => one.from - other.from));
  return found;
}

/** Fold what begins in the line of the cursor or else holds it; what is folded there is opened. */
function toggle(view) {
  const { state } = view;
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  const open = [];
  foldedRanges(state).between(line.from, line.to, (from, to) => void open.push(unfoldEffect.of({ from, to })));
  if (open.length) {
    view.dispatch({ effects: open });
    return true;
  }
  const all = folds(state.doc);
  const here = all.find((one) => one.from >= line.from && one.from <= line.to)
    ?? all.findLast((one) => one.from <= head && head <= one.to);
  if (!here) return false;
  view.dispatch({
    effects: [foldEffect.of(here), EditorView.announce.of(state.phrase("Folded lines"))], selection: { anchor: here.from },
  });
  return true;
}

export const folding = [
  foldService.of((state, from, to) => folds(state.doc).find((one) => one.from >= from && one.from <= to) ?? null),
  codeFolding(),
  foldGutter({ openText: "▾", closedText: "▸" }),
  keymap.of([{ key: "Mod-.", run: toggle }, ...foldKeymap]),
];
