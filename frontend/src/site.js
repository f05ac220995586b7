// On every page: the reader's choices of theme and language, and the islands that this page has.
const islands = import.meta.glob("./islands/*.js");
const root = document.documentElement;

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser may refuse to keep anything; the choice then holds for this page.
  }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function theme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    keep("kg-theme", root.dataset.theme);
    show();
    document.dispatchEvent(new CustomEvent("kg-theme"));
  });
}

function language() {
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", () => keep("kg-language", link.dataset.language));
  }
  const chosen = localStorage.getItem("kg-language");
  const here = new URL(location.href);
  if (chosen && chosen !== root.lang && !here.searchParams.has("lang")) {
    const link = document.querySelector(`[data-language="${CSS.escape(chosen)}"]`);
    if (!link) return;
    here.searchParams.set("lang", chosen);
    location.replace(here);
  }
}

/** Offer to load the page anew: a part of it is not there any more, or cannot be reached. */
function offerReload() {
  const template = document.querySelector("template[data-reload]");
  if (!template || document.querySelector("main > .reload")) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => location.reload());
  document.querySelector("main").prepend(note);
}

async function mount(element) {
  const load = islands[`./islands/${element.dataset.island}.js`];
  const data = element.querySelector(":scope > script[type='application/json']");
  try {
    const island = await load();
    const given = data ? JSON.parse(data.textContent) : {};
    await island.default(element, given.data ?? {}, given.words ?? {});
    element.dataset.mounted = "";
  } catch (error) {
    // What the page says without the island is still there.
    element.dataset.failed = "";
    console.error(error);
  }
}

function whenSeen(element) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    mount(element);
  }, { rootMargin: "200px" });
  seen.observe(element);
}

language();
theme();
// The files of a page that was opened before the site was renewed are gone with it.
window.addEventListener("vite:preloadError", offerReload);
for (const element of document.querySelectorAll("[data-island]")) {
  if (element.dataset.when === "seen") whenSeen(element);
  else mount(element);
}
