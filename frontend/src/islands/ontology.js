// A field that leaves of the documentation only the terms, and words of vocabularies, with certain words; a link to one shows
// it again.
const WAIT = 120;

function plain(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{Diacritic}/gu, "");
}

export default function (element, data, words) {
  const field = document.createElement("input");
  const status = document.createElement("p");
  field.type = "search";
  field.setAttribute("aria-label", words.find);
  field.placeholder = words.find;
  status.setAttribute("role", "status");
  status.className = "faint";
  element.append(field, status);

  const terms = [...document.querySelectorAll(".term, .vocabulary .word")];
  const sections = [...document.querySelectorAll("section.module, details.vocabulary")];
  const opened = new Set();
  let texts;
  let timer;

  function show() {
    texts ??= terms.map((term) => plain(`${term.id} ${term.textContent}`));
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    let left = 0;
    terms.forEach((term, place) => {
      term.hidden = !wanted.every((word) => texts[place].includes(word));
      left += !term.hidden;
    });
    for (const section of sections) {
      section.hidden = !section.querySelector(":is(.term, .word):not([hidden])");
      const folded = section.querySelector("details.fold") ?? section.closest("details");
      if (folded && !folded.open && wanted.length > 0 && !section.hidden) {
        folded.open = true;
        opened.add(folded);
      }
    }
    // What was folded before is so again.
    if (!wanted.length) {
      for (const one of opened) one.open = false;
      opened.clear();
    }
    document.body.classList.toggle("finding", wanted.length > 0);
    status.textContent = wanted.length === 0 ? "" : left ? words.found.replace("{number}", left) : words.none;
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.closest("[hidden]")) return;
    field.value = "";
    show();
    target.scrollIntoView();
  });
}
