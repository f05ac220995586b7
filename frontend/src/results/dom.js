// Elements made by script: text is always text, and nothing is written into the page as markup.

/** An element with these attributes; those whose name begins with “on” are listeners, null and false leave one out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A sentence with its places filled in: {name}. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
}

/** A number as the reader's language writes it. */
export function count(number, digits = 0) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits, useGrouping: "always" }).format(number);
}

/** Put a text on the clipboard; true if that worked. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Where the page is not served from a secure context, or the reader does not allow it.
    const area = h("textarea", { class: "off-screen", "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus?.();
    return done;
  }
}

/** A button that copies what `text` gives, and says so. */
export function copyButton(text, words, name = words.copy) {
  const button = h("button", { type: "button", class: "copy" }, name);
  const said = h("span", { class: "said", role: "status" });
  button.addEventListener("click", async () => {
    said.textContent = (await copy(text())) ? words.copied : words["not-copied"];
  });
  return [button, said];
}

/** A choice among options [value, text], with its label before it. */
export function choice(label, options, chosen, changed) {
  const select = h("select", {}, options.map(([value, text]) => h("option", { value }, text)));
  select.value = chosen;
  select.addEventListener("change", () => changed(select.value));
  return h("label", { class: "choice" }, h("span", {}, label), select);
}
