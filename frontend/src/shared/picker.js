// A field that is searched as one types (ARIA combobox with a listbox), asked of the server; plain where it does not answer.
const WAIT = 150;
let made = 0;

export function picker(input, address, words) {
  const id = `picker-${(made += 1)}`;
  const around = document.createElement("div");
  const list = document.createElement("ul");
  const state = document.createElement("p");
  around.className = "picker";
  list.id = id;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.choices);
  list.hidden = true;
  state.className = "state";
  state.setAttribute("role", "status");
  state.hidden = true;
  input.replaceWith(around);
  around.append(input, list, state);
  input.removeAttribute("list");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", id],
    ["aria-expanded", "false"]]) input.setAttribute(name, value);

  let active = -1;
  let timer;
  let asking;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = state.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    const options = [...list.children];
    active = options.length ? (number + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) return;
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    input.value = option.dataset.value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(found) {
    list.replaceChildren(...found.choices.map((choice, number) => {
      const option = document.createElement("li");
      option.id = `${id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = choice.label ? `${choice.label} (${choice.name})` : choice.name;
      option.append(choice.label || choice.name);
      if (choice.label) option.append(Object.assign(document.createElement("small"), { textContent: choice.name }));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(option);
      });
      return option;
    }));
    list.hidden = !found.choices.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const more = found.more || found.count > found.choices.length ? `; ${words.more}` : "";
    state.textContent = found.count ? `${found.count}${found.more ? "+" : ""} ${words.found}${more}` : words.none;
    state.hidden = false;
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const url = new URL(address, location.href);
    url.searchParams.set("class", input.dataset.class);
    url.searchParams.set("field", input.dataset.pick);
    url.searchParams.set("q", input.value.replace(/\s*\([a-z]+:[\w.-]+\)\s*$/, ""));
    // What belongs to the document of the same node comes first.
    const beside = input.form?.elements.namedItem(`${input.name.replace(/[^/]*$/, "")}ckg:source.0`)?.value ?? "";
    url.searchParams.set("beside", beside.match(/\(([a-z]+:[\w.-]+)\)\s*$/)?.[1] ?? beside.trim());
    try {
      const answer = await fetch(url, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") {
        state.textContent = words.failed;
        state.hidden = false;
      }
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
}
