// Completions, asked of the server: what the graph has for this place of this query.
import { pickedCompletion } from "@codemirror/autocomplete";
import { declaration } from "./declaring.js";

const TYPED = /(?:[?$][\p{L}\p{N}_]*|\p{L}[\p{L}\p{N}_.\-]*(?::[\p{L}\p{N}_:.\-]*)?|:[\p{L}\p{N}_.\-]*)$/u;

/** A source of completions. `ask` has `complete` (an address) and `fields()`; `words` those of the page. */
export function completions(ask, words) {
  return async (context) => {
    const typed = context.matchBefore(TYPED);
    if (!context.explicit && !typed?.text) return null;
    const text = context.state.doc.toString();
    // The server counts characters, a script the halves of some.
    const offset = [...text.slice(0, context.pos)].length;
    let told;
    // Not given up when one writes on: what is asked is over soon, and to end the work of a server costs it a process.
    try {
      const response = await fetch(ask.complete, {
        method: "POST", body: new URLSearchParams({ query: text, offset, ...ask.fields() }),
      });
      if (!response.ok || context.aborted) return null;
      told = await response.json();
    } catch {
      // Who writes on needs no completion, and one that cannot be had is not worth a word.
      return null;
    }
    if (!told.options.length || (!told.typed && !context.explicit)) return null;
    const from = context.pos - told.typed.length;
    return {
      from,
      to: context.pos + told.ahead,
      filter: false,
      options: told.options.map((option) => shown(option, told, words)),
    };
  };
}

function shown(option, told, words) {
  const isWord = ["keyword", "function", "variable", "prefix"].includes(option.kind);
  const said = [option.label === option.insert ? "" : option.label, option.what, option.count && `× ${option.count}`];
  return {
    label: option.insert,
    detail: option.kind === "prefix" ? "" : said.filter(Boolean).join(" · "),
    info: option.about,
    type: option.kind,
    section: isWord
      ? { name: words["section-words"], rank: 2 }
      : { name: words[`section-${told.level}`] + (told.more ? ` (${words["section-more"]})` : ""), rank: 1 },
    apply: (view, completion, from, to) => accept(view, completion, option, told.undeclared, from, to),
  };
}

function accept(view, completion, option, others, from, to) {
  const changes = [{ from, to, insert: option.insert }];
  const wanted = new Map([...others, ...(option.declare ? [option.declare] : [])].map((one) => [one.prefix, one.iri]));
  let before = 0;
  if (wanted.size) {
    const declared = declaration(view.state.doc.toString(), wanted, from);
    changes.unshift(declared);
    before = declared.insert.length;
  }
  view.dispatch({
    changes,
    selection: { anchor: from + before + option.insert.length },
    annotations: pickedCompletion.of(completion),
    userEvent: "input.complete",
  });
}
