// The gallery beside the editor: searched as one types, and its queries opened without leaving the page.

/** `open` is given {name, text, asOf} of a query that is chosen. */
export function gallery(element, words, open) {
  if (!element) return;
  const field = element.querySelector("input[type=search]");
  const none = element.querySelector("[data-none]");
  field.closest("p").hidden = false;
  field.addEventListener("input", () => {
    const wanted = plainly(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of element.querySelectorAll("[data-group]")) {
      let shown = 0;
      for (const item of group.querySelectorAll("[data-search]")) {
        const text = plainly(item.dataset.search);
        item.hidden = !wanted.every((word) => text.includes(word));
        shown += !item.hidden;
      }
      group.hidden = !shown;
      if (wanted.length) group.open = true;
      found += shown;
    }
    none.textContent = found ? "" : words["gallery-none"];
  });
  element.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-text]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      const response = await fetch(link.dataset.text);
      if (!response.ok) throw new Error(String(response.status));
      const text = (await response.text()).replace(/^(?:#\+.*(?:\n|$))*/, "").trim();
      open({ name: link.textContent.trim(), text: `${text}\n`, asOf: link.dataset.asOf ?? "" });
    } catch {
      // The address of the page itself says why.
      location.assign(link.href);
    }
  });
}

function plainly(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
