// A slider over the days on which something changes, over a plain date field of a form.
import { swapper } from "./part.js";

// `days` are pairs of a day and the same in words; `parts` the selectors of what another day changes on the page.
export function daySlider(element, { days, day }, words, form, parts) {
  if (days.length < 2) return;
  const field = form.elements.date;
  const box = document.createElement("div");
  box.className = "when";
  const slider = Object.assign(document.createElement("input"), {
    type: "range", min: 0, max: days.length - 1, step: 1, value: nearest(days, day),
  });
  slider.setAttribute("aria-label", words.day);
  const said = document.createElement("output");
  const step = (sign, name, by) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => {
      slider.value = Number(slider.value) + by;
      tell();
      show();
    });
    return button;
  };
  const [before, after] = [step("‹", words.earlier, -1), step("›", words.later, 1)];
  const trouble = document.createElement("p");
  trouble.setAttribute("role", "status");
  const swap = swapper(parts, (reason) => { trouble.textContent = reason && words.failed; });

  function tell() {
    const [iso, spoken] = days[slider.value];
    said.textContent = `${words["as-of"]} ${spoken}`;
    slider.setAttribute("aria-valuetext", spoken);
    before.disabled = slider.value === slider.min;
    after.disabled = slider.value === slider.max;
    field.value = iso;
  }

  function show() {
    // As sent by the form, so that the page says the same as the slider.
    const asked = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...asked]) if (!value) asked.delete(name);
    return swap(`${form.action}?${asked}`);
  }

  slider.addEventListener("input", tell);
  slider.addEventListener("change", show);
  tell();
  field.value = day;
  said.textContent = "";
  box.append(before, slider, after, said, trouble);
  element.append(box);
}

// The last of the days that is not after the one given.
function nearest(days, day) {
  const found = days.findLastIndex(([iso]) => iso <= day);
  return Math.max(0, found);
}
