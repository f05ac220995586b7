// Shows what is looked for while it is being written or chosen: asks for the same page and takes over what changed in it.
const WAIT = 180;

/** The address of what the form asks for now, without what is empty. */
function address(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") asked.append(name, value);
  }
  return `${form.action}?${asked}`;
}

export default function (element) {
  const form = element.querySelector("form");
  let timer;
  let running;
  let shown = address(form);

  async function show(where, { keep = true } = {}) {
    running?.abort();
    running = new AbortController();
    element.querySelector("#results").setAttribute("aria-busy", "true");
    try {
      const response = await fetch(where, { headers: { Accept: "text/html" }, signal: running.signal });
      if (!response.ok) throw new Error(String(response.status));
      take(new DOMParser().parseFromString(await response.text(), "text/html"));
      shown = where;
      if (keep) history.replaceState(null, "", where);
    } catch (error) {
      // Whoever cannot be answered here is answered by the page itself, when the form is sent.
      if (error.name !== "AbortError") element.querySelector("#results").removeAttribute("aria-busy");
    }
  }

  function take(page) {
    const results = page.getElementById("results");
    const old = element.querySelector("#results");
    // The heading tells the number of results to who cannot see it: it has to stay where it is.
    const heading = old.querySelector("#results-title");
    const status = heading.querySelector("[role=status]");
    const told = results.querySelector("[role=status]").textContent;
    for (const child of [...old.children]) if (child !== heading) child.remove();
    old.append(...[...results.children].filter((child) => child.id !== heading.id));
    old.removeAttribute("aria-busy");
    if (status.textContent !== told) status.textContent = told;
    document.title = page.title;
    filters(page);
    for (const link of document.querySelectorAll("nav.languages a")) {
      const other = page.querySelector(`nav.languages a[hreflang="${CSS.escape(link.hreflang)}"]`);
      if (other) link.setAttribute("href", other.getAttribute("href"));
    }
  }

  function filters(page) {
    const box = element.querySelector("#filters");
    const focused = document.activeElement;
    const at = box.contains(focused) && focused.name ? [focused.name, focused.value] : null;
    const summary = box.contains(focused) && focused.tagName === "SUMMARY" ? focused.textContent : null;
    const before = new Map([...box.querySelectorAll("details")].map((one) => [one.querySelector("summary").textContent, one]));
    const fresh = page.getElementById("filters");
    const scrolled = new Map();
    for (const details of fresh.querySelectorAll("details")) {
      const name = details.querySelector("summary").textContent;
      const old = before.get(name);
      if (!old) continue;
      details.open = old.open;
      scrolled.set(details, old.querySelector(".values").scrollTop);
    }
    // What is being written into a field of a date stays as it is.
    for (const input of fresh.querySelectorAll("input[type=date]")) {
      input.replaceWith(box.querySelector(`#${input.id}`));
    }
    box.replaceWith(fresh);
    for (const [details, top] of scrolled) details.querySelector(".values").scrollTop = top;
    if (at) find(fresh, ...at)?.focus({ preventScroll: true });
    if (summary) [...fresh.querySelectorAll("summary")].find((one) => one.textContent === summary)?.focus({ preventScroll: true });
  }

  function find(box, name, value) {
    return [...box.querySelectorAll(`[name="${CSS.escape(name)}"]`)].find((one) => one.type !== "checkbox" || one.value === value);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const where = address(form);
      if (where !== shown) show(where);
    }, WAIT);
  }

  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(address(form));
  });
  if (matchMedia("(max-width: 48rem)").matches) {
    for (const details of element.querySelectorAll("#filters details")) {
      details.open = Boolean(details.querySelector("input:checked"));
    }
  }
}
