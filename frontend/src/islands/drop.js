// A file that is dropped, or chosen, comes into the text field, where it can be mended and is sent from.
const LARGEST = 4_000_000;

export default function drop(element, data, words) {
  const form = element.querySelector("form");
  const field = form.elements[data.field];
  const file = form.elements[data.file];
  const zone = file.closest(".drop-here");
  const state = document.createElement("span");
  state.setAttribute("role", "status");
  zone.append(" ", state);

  async function take(given) {
    // Of another format than Turtle, or too large to be mended here: it is sent as the file that it is.
    if (!/\.ttl$/i.test(given.name) || given.size > LARGEST) return;
    field.value = await given.text();
    file.value = "";
    state.textContent = `${words.taken}: ${given.name}`;
    field.focus();
  }

  file.addEventListener("change", () => file.files[0] && take(file.files[0]));
  for (const kind of ["dragover", "dragenter"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  form.addEventListener("dragleave", () => zone.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    const given = event.dataTransfer?.files[0];
    zone.classList.remove("over");
    if (!given) return;
    event.preventDefault();
    if (/\.ttl$/i.test(given.name)) take(given);
    else file.files = event.dataTransfer.files;
  });
}
