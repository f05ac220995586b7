// The queries that are open, as tabs.

/**
 * Tabs in an element. `on.choose(number)` is called when another is chosen, `on.open()` and `on.close()` when one is
 * wanted or not wanted any more. Gives {draw(open, current)}.
 */
export function tabs(element, panel, words, on) {
  const list = document.createElement("div");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", words["tabs-name"]);
  const more = button("+", words["tabs-open"], on.open);
  const less = button("×", words["tabs-close"], on.close);
  element.replaceChildren(list, more, less);
  element.hidden = false;
  panel.setAttribute("role", "tabpanel");

  list.addEventListener("keydown", (event) => {
    const all = [...list.children];
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    on.choose((to + all.length) % all.length);
  });

  return {
    draw(open, current) {
      const hadFocus = list.contains(document.activeElement);
      list.replaceChildren(...open.map((one, number) => {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.id = `query-tab-${number}`;
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-selected", String(number === current));
        tab.setAttribute("aria-controls", panel.id);
        tab.tabIndex = number === current ? 0 : -1;
        tab.textContent = one.name;
        tab.title = one.name;
        tab.addEventListener("click", () => on.choose(number));
        return tab;
      }));
      panel.setAttribute("aria-labelledby", `query-tab-${current}`);
      if (hadFocus) list.children[current]?.focus();
      list.children[current]?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    },
  };
}

function button(sign, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain sign";
  made.textContent = sign;
  made.setAttribute("aria-label", name);
  made.title = name;
  made.addEventListener("click", act);
  return made;
}
