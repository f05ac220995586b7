// The editor: CodeMirror in a shadow root, whose style sheets the security policy admits.
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { declaring } from "./declaring.js";
import { folding } from "./folding.js";
import { sparql } from "./language.js";

const mark = StateEffect.define();
const doubt = StateEffect.define();
/** What the programme writes is no change by the reader. */
export const byProgramme = Annotation.define();

/** A field of pieces, {from, to, message}, in the order of the text, that are underlined until the text is changed. */
function underlined(wanted, name) {
  return StateField.define({
    create: () => Decoration.none,
    update(found, transaction) {
      let now = transaction.docChanged ? Decoration.none : found;
      for (const effect of transaction.effects) {
        if (!effect.is(wanted)) continue;
        now = Decoration.set(effect.value.map(({ from, to, message }) =>
          Decoration.mark({ class: name, attributes: { title: message } }).range(from, to)));
      }
      return now;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

// Chromium gives what is typed over a selection the style of what was there, as an attribute, which the policy refuses.
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    if (event.inputType !== "insertText" || !event.data || main.empty || view.composing) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(event.data), {
      userEvent: "input.type", scrollIntoView: true,
    });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

const look = EditorView.theme({
  "&": { background: "var(--raised)", color: "var(--ink)", fontSize: "0.95rem", height: "100%" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { background: "var(--shade)", border: "none", color: "var(--faint)" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 0.2rem" },
  ".cm-foldPlaceholder": {
    background: "var(--info-shade)", border: "1px solid var(--strong-line)", borderRadius: "4px", color: "var(--ink)",
    margin: "0 0.2rem", padding: "0 0.4rem",
  },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--shade) 55%, transparent)" },
  ".cm-activeLineGutter": { background: "var(--line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--info-shade)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--bad-shade)" },
  ".cm-selectionMatch": { background: "var(--doubtful-shade)" },
  ".cm-searchMatch": { background: "var(--doubtful-shade)", outline: "1px solid var(--doubtful)" },
  ".cm-searchMatch-selected": { background: "var(--info-shade)" },
  ".kg-wrong": {
    background: "var(--bad-shade)", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "0.2em",
  },
  ".kg-doubtful": { textDecoration: "underline dotted var(--doubtful) 2px", textUnderlineOffset: "0.2em" },
  ".cm-panels": { background: "var(--shade)", color: "var(--ink)" },
  ".cm-panel.cm-search": { fontFamily: "var(--sans)", padding: "0.5rem" },
  ".cm-panel input, .cm-panel button": {
    background: "var(--raised)", border: "1px solid var(--strong-line)", borderRadius: "4px", color: "var(--ink)",
    fontSize: "0.85rem",
  },
  ".cm-button": { backgroundImage: "none" },
  ".cm-tooltip": {
    background: "var(--raised)", border: "1px solid var(--strong-line)", borderRadius: "6px", color: "var(--ink)",
    maxWidth: "min(46rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.9rem", maxHeight: "19rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--info-shade)", color: "var(--ink)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > completion-section": {
    background: "var(--shade)", borderBottom: "1px solid var(--line)", color: "var(--faint)", fontFamily: "var(--sans)",
    fontSize: "0.8rem", opacity: "1", padding: "0.2rem 0.6rem",
  },
  ".cm-completionDetail": { color: "var(--faint)", fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "0.8rem" },
  ".cm-completionMatchedText": { fontWeight: "600", textDecoration: "none" },
  ".cm-completionInfo": { fontFamily: "var(--sans)", fontSize: "0.85rem", lineHeight: "1.4", padding: "0.5rem 0.7rem" },
});

/**
 * An editor inside of an element. `on` has `change(text)`, `run()`, `complete`, a source of completions, and
 * `prefixes`, those that are declared when they are written, with their IRIs; `words` those of the page. Gives an object
 * with `text`, `write(text)`, `replace(from, to, text)`, `underline(place)`, `doubt(places)`, `focus()`.
 */
export function editor(element, text, words, on) {
  const root = element.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  place.style.height = "100%";
  root.append(place);
  const view = new EditorView({
    root,
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (on.run(), true) }])),
        lineNumbers(), folding, highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(),
        closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), EditorView.lineWrapping,
        autocompletion({ override: [on.complete], icons: false, activateOnTypingDelay: 150, maxRenderedOptions: 120 }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap]),
        declaring(new Map(Object.entries(on.prefixes))), sparql, underlined(doubt, "kg-doubtful"), underlined(mark, "kg-wrong"), typedOver, look,
        EditorState.phrases.of(words.phrases),
        EditorView.contentAttributes.of({ "aria-label": words["editor-name"], tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          const ours = update.transactions.some((one) => one.annotation(byProgramme));
          if (update.docChanged && !ours) on.change(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    view,
    get text() {
      return view.state.doc.toString();
    },
    /** Put another text in place of all. */
    write(other) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other }, annotations: byProgramme.of(true) });
    },
    /** Put a text in place of a piece. */
    replace(from, to, insert) {
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
    },
    /** Underline a piece, {from, to, message}, or nothing (null). */
    underline(piece) {
      // Where something is missing, the character that stands there is underlined.
      const length = view.state.doc.length;
      const to = piece && Math.min(Math.max(piece.to, piece.from + 1), length);
      const from = piece && Math.min(piece.from, to - 1);
      view.dispatch({ effects: mark.of(piece && from >= 0 ? [{ ...piece, from, to }] : []) });
    },
    /** Underline pieces, {from, to, message}, in the order of the text, as doubtful and no mistakes. */
    doubt(pieces) {
      view.dispatch({ effects: doubt.of(pieces) });
    },
    /** Show no completions any more. */
    settle() {
      closeCompletion(view);
    },
    /** Go to a place. */
    go(at) {
      view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
      view.focus();
    },
    focus() {
      view.focus();
    },
  };
}
