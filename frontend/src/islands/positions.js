// The matrix of positions: a slider over its days, and the claims of a cell in a dialog.
import { daySlider } from "../shared/days.js";
import { partOf, swapper } from "../shared/part.js";

export default function (element, data, words) {
  daySlider(element, data, words, document.getElementById("choose"), ["#matrix"]);
  const dialog = document.createElement("dialog");
  dialog.className = "claims";
  dialog.setAttribute("aria-label", words.claims);
  document.body.append(dialog);

  const content = document.getElementById("content");
  const isPlain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  let led;
  const fold = swapper(["#matrix", "#kept"], (reason) => { if (reason) location.assign(led); });

  // What is folded or unfolded keeps the place of the reader, and the focus.
  content.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-fold]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    led = link.href;
    const name = CSS.escape(link.dataset.fold);
    await fold(led.split("#")[0]);
    (content.querySelector(`[data-fold="${name}"]`) ?? content.querySelector("a.fold-all"))?.focus({ preventScroll: true });
  });

  content.addEventListener("click", async (event) => {
    const link = event.target.closest("a.cell");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    try {
      const claims = await partOf(link.href, "#claims");
      const close = Object.assign(document.createElement("button"), { type: "button", className: "close", textContent: words.close });
      close.addEventListener("click", () => dialog.close());
      dialog.replaceChildren(close, claims);
      dialog.showModal();
      dialog.scrollTop = 0;
    } catch {
      // The page of the cell says it, or says what is wrong.
      location.assign(link.href);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
