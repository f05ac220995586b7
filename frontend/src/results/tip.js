// The IRI behind a name, shown while the name has the focus or the pointer; Ctrl+C copies it where nothing is marked.
import { copy, fill, h } from "./dom.js";

/** Show the IRIs of what is in `region`, in a line of their own that `host`, which it is placed within, holds. */
export function iriTip(region, host, labels, words) {
  const iri = h("code", {});
  const kind = h("span", { class: "faint" });
  const tip = h("div", { class: "iri-tip", role: "tooltip", hidden: true }, iri, kind);
  host.append(tip);
  let [shown, timer] = [null, 0];

  const hide = () => {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    tip.hidden = true;
  };
  const show = (target) => {
    hide();
    shown = target;
    iri.textContent = target.dataset.iri;
    kind.textContent = [labels.known.get(target.dataset.iri)?.kind, fill(words["copy-iri"], { keys: /Mac/.test(navigator.platform) ? "⌘C" : "Ctrl+C" })]
      .filter(Boolean).join(" · ");
    tip.hidden = false;
    tip.id ||= `iri-tip-${Math.random().toString(36).slice(2)}`;
    target.setAttribute("aria-describedby", tip.id);
    const [around, place] = [host.getBoundingClientRect(), target.getBoundingClientRect()];
    const left = Math.min(place.left - around.left, Math.max(0, around.width - tip.offsetWidth));
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${place.bottom - around.top + 2}px`;
  };
  const named = (event) => event.target.closest?.("[data-iri]");

  region.addEventListener("focusin", (event) => (named(event) ? show(named(event)) : hide()));
  region.addEventListener("focusout", hide);
  region.addEventListener("pointerover", (event) => {
    const target = named(event);
    if (!target || target === shown) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(target), 300);
  });
  host.addEventListener("pointerover", (event) => {
    // The line itself may be pointed at, to mark what it says.
    if (shown && !named(event) && !tip.contains(event.target) && document.activeElement !== shown) hide();
  });
  region.addEventListener("pointerleave", () => clearTimeout(timer));
  region.addEventListener("scroll", hide, { passive: true });
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && shown && getSelection().isCollapsed) {
      copy(shown.dataset.iri).then((done) => (kind.textContent = done ? words.copied : words["not-copied"]));
    }
  });
}
