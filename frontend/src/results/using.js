// What stands below an answer: its files, how to cite it, code. Made by the server; copying and citing on the spot is added here.
import { copyButton, h } from "./dom.js";

const STYLES = [["plain", "plain"], ["bibtex", "BibTeX"], ["csl", "CSL-JSON"]];

/** Add to what the server made: buttons that copy code, and the citation in place. */
export function enhance(section, words) {
  for (const block of section.querySelectorAll(".snippet")) {
    const code = block.querySelector("pre code");
    block.querySelector("summary").after(h("p", { class: "row" }, copyButton(() => code.textContent, words)));
  }
  const citation = section.querySelector(".citation");
  if (!citation) return;
  citation.hidden = false;
  citation.addEventListener("toggle", () => {
    if (citation.open && citation.children.length === 1) cite(citation, words);
  });
}

async function cite(citation, words) {
  const waiting = h("p", { class: "faint", role: "status" }, words.loading);
  citation.append(waiting);
  try {
    const texts = await Promise.all(STYLES.map(async ([style]) => {
      const response = await fetch(`${citation.dataset.cite}&style=${style}`, { headers: { Accept: "*/*" } });
      if (!response.ok) throw new Error(response.statusText);
      return (await response.text()).trim();
    }));
    waiting.remove();
    STYLES.forEach(([style, name], place) => {
      const block = h("pre", { tabindex: "0", role: "region", "aria-label": words[name] ?? name, "data-style": style }, texts[place]);
      citation.append(h("p", { class: "row" }, h("strong", {}, words[name] ?? name), copyButton(() => texts[place], words)), block);
    });
  } catch {
    waiting.replaceWith(h("p", { class: "note bad" }, words["no-citation"]));
  }
}

/** Ask the server for what stands below an answer to a query that a script asked. Null where it cannot be had. */
export async function fetched(answer, isEmpty, words) {
  const body = new URLSearchParams([["query", answer.query], ...parameters(answer)]);
  if (isEmpty) body.set("empty", "1");
  try {
    const response = await fetch(answer.links.using, { method: "POST", body, headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    const made = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".using");
    const section = document.adoptNode(made);
    enhance(section, words);
    return section;
  } catch {
    return h("p", { class: "faint" }, words["no-using"]);
  }
}

/** The parameters of the endpoint that an answer was asked with, beside the query. */
export function parameters(answer) {
  return [
    ...(answer.asOf ? [["as-of", answer.asOf]] : []),
    ...(answer.graphs?.default ?? []).map((iri) => ["default-graph-uri", iri]),
    ...(answer.graphs?.named ?? []).map((iri) => ["named-graph-uri", iri]),
  ];
}
