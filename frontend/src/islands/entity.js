// On the pages of resources: copies addresses, and shows in place why something holds that nobody stated.
async function explain(link, words) {
  const box = document.createElement("div");
  box.className = "proof";
  box.setAttribute("role", "status");
  box.textContent = words.waiting;
  link.after(box);
  try {
    const address = new URL(link.href);
    address.searchParams.set("format", "html");
    address.searchParams.set("lang", document.documentElement.lang);
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    // The page that the link leads to says it in words.
    const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".proof");
    box.replaceChildren(...document.importNode(said, true).childNodes);
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
