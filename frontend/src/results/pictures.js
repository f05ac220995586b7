// The pictures that an answer can be shown as: those that its columns allow, with the choice of which column is what.
import { choice, h } from "./dom.js";
import { different, iris } from "./model.js";
import { savePng, saveSvg } from "./save.js";

// A picture of more different things than these says nothing.
const CATEGORIES = 200;

function isCategory(model, column) {
  if (!["iri", "text", "boolean", "date", "mixed"].includes(column.kind)) return false;
  const values = different(model.rows, column);
  return values > 1 && values < model.rows.length && values <= CATEGORIES;
}

/** The pictures that fit: name, and what loads the module that draws it. */
export function offers(model) {
  if (!model.rows.length) return [];
  const has = (kind) => model.columns.filter((column) => column.kind === kind).length;
  const found = [];
  if (model.rows.length > 1 && (has("number") || model.columns.some((column) => isCategory(model, column)))) {
    found.push({ name: "chart", load: () => import("./chart.js") });
  }
  if (has("date")) found.push({ name: "timeline", load: () => import("./timeline.js") });
  if (has("iri") > 1) found.push({ name: "network", load: () => import("./network.js") });
  return found;
}

/** The buttons for the pictures of a model and the place where one is shown; nothing is seen of it where none fits. */
export function pictures(model, labels, words, offered = offers(model)) {
  const panel = h("div", { class: "picture", hidden: true });
  let shown = null;
  const buttons = [];
  const group = h("div", { class: "row", role: "group", "aria-label": words["show-as"] }, h("span", { class: "faint" }, words["show-as"]));
  const whole = h("div", { class: "pictures", hidden: true }, group, panel);
  const add = (offer) => {
    const button = h("button", { type: "button", "aria-pressed": "false", "data-picture": offer.name }, words[offer.name]);
    button.addEventListener("click", async () => {
      const open = shown === offer.name ? null : offer.name;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other.dataset.picture === open));
      shown = open;
      panel.hidden = !open;
      panel.replaceChildren();
      if (open) await draw(panel, offer, model, labels, words, () => shown === open);
    });
    buttons.push(button);
    group.append(button);
    whole.hidden = false;
  };
  offered.forEach(add);
  offerMap(model, labels, add);
  return whole;
}

// Which IRIs are states of the map only the server knows, so that the map is offered a moment later.
async function offerMap(model, labels, add) {
  if (!model.rows.length || !model.columns.some((column) => column.kind === "iri" || (column.kind === "text" && column.filled))) return;
  try {
    const load = () => import("./map.js");
    if (await (await load()).fits(model, labels.links)) add({ name: "map", load });
  } catch {
    // Then there is no map; the table has all of it.
  }
}

async function draw(panel, offer, model, labels, words, isWanted) {
  panel.replaceChildren(h("p", { class: "faint", role: "status" }, words.loading));
  let drawing;
  try {
    drawing = await offer.load();
    await labels.ask([...new Set(iris(model.rows.flatMap((row) => row.cells)))].slice(0, drawing.MOST_NAMES));
  } catch {
    if (isWanted()) panel.replaceChildren(h("p", { class: "note bad" }, words["no-picture"]));
    return;
  }
  if (!isWanted()) return;
  const chosen = drawing.first(model);
  const fields = h("div", { class: "row fields" });
  const figure = h("figure", { class: `drawing ${offer.name}`, tabindex: "0", "aria-label": words[offer.name] });
  const note = h("p", { class: "faint", role: "status" });
  let done = null;
  const redraw = () => {
    done?.end?.();
    fields.replaceChildren(...drawing.fields(model, chosen, words).map(({ key, options }) =>
      choice(words[`field-${key}`], options, chosen[key], (value) => {
        chosen[key] = value;
        redraw();
        [...fields.querySelectorAll("select")][drawing.fields(model, chosen, words).findIndex((field) => field.key === key)]?.focus();
      })));
    figure.replaceChildren();
    done = drawing.draw(figure, model, chosen, labels, words);
    note.textContent = [done.note, words["table-below"]].filter(Boolean).join(" ");
  };
  const save = h("div", { class: "row save" },
    h("button", { type: "button", onclick: () => saveSvg(done.svg(), offer.name) }, words["save-svg"]),
    h("button", { type: "button", onclick: () => (done.png ? done.png(offer.name) : savePng(done.svg(), offer.name)) }, words["save-png"]));
  panel.replaceChildren(fields, figure, note, save);
  redraw();
}
