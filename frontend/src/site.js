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

// Long pages fold on small screens: all their parts but the first. Where a link leads is opened, whatever folded it.
const NARROW = matchMedia("(max-width: 48rem)");
const SCREENS = 6;

function target() {
  try {
    return location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  } catch {
    return null;
  }
}

function reveal() {
  const place = target();
  if (!place) return;
  const folded = [];
  for (let one = place.closest("details"); one; one = one.parentElement.closest("details")) folded.push(one);
  folded.push(...place.querySelectorAll(":scope > details.fold"));
  if (folded.every((one) => one.open)) return;
  for (const one of folded) one.open = true;
  place.scrollIntoView();
}

function fold() {
  const parts = [...document.querySelectorAll("details.fold")];
  if (!parts.length) return;
  const isLong = root.scrollHeight > SCREENS * innerHeight;
  const arrange = () => {
    for (const [number, one] of parts.entries()) {
      one.open = !(NARROW.matches && isLong) || number === 0;
      one.querySelector("summary").tabIndex = NARROW.matches ? 0 : -1;
    }
    reveal();
  };
  NARROW.addEventListener("change", arrange);
  if (NARROW.matches && isLong) arrange();
  else for (const one of parts) one.querySelector("summary").tabIndex = NARROW.matches ? 0 : -1;
}

language();
theme();
fold();
addEventListener("hashchange", reveal);
// A link to where one is already changes nothing in the address.
document.addEventListener("click", (event) => { if (event.target.closest?.('a[href*="#"]')) setTimeout(reveal); });
// The files of a page that was opened before the site was renewed are gone with it.
window.addEventListener("vite:preloadError", offerReload);
for (const element of document.querySelectorAll("[data-island]")) {
  if (element.dataset.when === "seen") whenSeen(element);
  else mount(element);
}
