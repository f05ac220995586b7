// On the pages of resources: copies addresses, and shows in place why something holds that nobody stated.
function line(proof, words) {
  const item = document.createElement("li");
  item.append(proof.shown.join(" "));
  if (proof.says) {
    const says = document.createElement("p");
    says.className = "label";
    says.textContent = proof.says;
    item.append(says);
  }
  for (const place of proof.asserted ?? []) {
    const stated = document.createElement("p");
    stated.className = "label";
    stated.append(`${words.stated} `);
    const code = document.createElement("code");
    code.textContent = place.line ? `${place.file}:${place.line}` : place.file;
    stated.append(code);
    item.append(stated);
  }
  const premises = (proof.premises ?? []).filter((premise) => !("list" in premise));
  if (premises.length) {
    const list = document.createElement("ul");
    list.append(...premises.map((premise) => line(premise, words)));
    item.append(list);
  }
  return item;
}

async function explain(link, words) {
  const box = document.createElement("div");
  box.className = "proof";
  box.setAttribute("role", "status");
  box.textContent = words.waiting;
  link.after(box);
  try {
    const address = new URL(link.href);
    address.searchParams.set("format", "json");
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    const list = document.createElement("ul");
    list.append(line(await answer.json(), words));
    box.replaceChildren(list);
  } catch {
    box.textContent = words.failed;
  }
  return box;
}

function whyHere(link, words) {
  let box;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  const toggle = async () => {
    const open = link.getAttribute("aria-expanded") === "true";
    link.setAttribute("aria-expanded", String(!open));
    if (box) box.hidden = open;
    else box = await explain(link, words);
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
}

function copying(button, words) {
  const told = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
    }
    setTimeout(() => { button.textContent = told; }, 2000);
  });
}

export default function entity(element, data, words) {
  document.querySelectorAll("a.why").forEach((link) => whyHere(link, words));
  document.querySelectorAll("[data-copy]").forEach((button) => copying(button, words));
}
