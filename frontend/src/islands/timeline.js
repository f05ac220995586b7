// The picture of the timeline: nearer and further by buttons, keys, wheel and two fingers, along by dragging; the rest of the page follows.
import { swapper } from "../shared/part.js";

const DAY = 86_400_000;
const SHORTEST = 7;
const WAIT = 250;
/** How much nearer or further one gesture leads at most. */
const FURTHEST = 50;
const PARTS = ["#drawing", "#changes", "#list"];
const KEYS = { "+": "nearer", "=": "nearer", "-": "wider", ArrowLeft: "earlier", ArrowRight: "later", 0: "all" };

const toNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);
const toDay = (number) => new Date(number * DAY).toISOString().slice(0, 10);

export default function (element, data, words) {
  const main = document.getElementById("content");
  const form = document.getElementById("choose");
  const hint = Object.assign(document.createElement("p"), { className: "faint", textContent: words.hint });
  const status = Object.assign(document.createElement("p"), { className: "faint" });
  status.setAttribute("role", "status");
  element.append(hint, status);
  const swap = swapper(PARTS, (reason) => { status.textContent = reason && words.failed; });
  let timer;
  let pulled;
  let nearness;
  let pinched;

  const picture = () => main.querySelector(".picture");

  function dress() {
    const region = picture();
    hint.hidden = !region;
    if (region) region.classList.add("movable");
  }

  // Show another stretch; the focus stays on what led there.
  async function go(address, focus) {
    clearTimeout(timer);
    [pulled, nearness, pinched] = [undefined, undefined, undefined];
    const before = main.querySelector("#drawn small")?.textContent;
    await swap(address);
    const asked = new URL(location.href).searchParams;
    for (const name of ["from", "to"]) form.elements[name].value = asked.get(name) ?? "";
    dress();
    moved();
    const says = main.querySelector("#drawn small")?.textContent ?? "";
    if (says !== before) status.textContent = words.shown.replace("{stretch}", says);
    if (!focus) return;
    const target = main.querySelector(focus) ?? main.querySelector(".zoom a") ?? picture();
    target?.focus({ preventScroll: true });
  }

  // Move what is drawn while the server is not asked yet.
  function moved(shift = 0, scale = 1, about = 0) {
    const group = picture()?.querySelector(".moving");
    if (!group) return;
    if (shift === 0 && scale === 1) group.removeAttribute("transform");
    else group.setAttribute("transform", `translate(${shift + about * (1 - scale)} 0) scale(${scale} 1)`);
  }

  function scaleOf(region) {
    const svg = region.querySelector("svg");
    const box = svg.getBoundingClientRect();
    const days = JSON.parse(svg.dataset.days).map(toNumber);
    const places = JSON.parse(svg.dataset.places);
    return {
      place: (clientX) => ((clientX - box.left) * svg.viewBox.baseVal.width) / box.width,
      day: (place) => dayAt(place, days, places),
      left: places[0],
      right: places.at(-1),
    };
  }

  function leads(first, last) {
    const [least, most] = JSON.parse(picture().dataset.whole).map(toNumber);
    const address = new URL(location.href);
    address.hash = "";
    for (const name of ["page", "changes"]) address.searchParams.delete(name);
    const all = first <= least && last >= most;
    const wanted = { from: toDay(Math.max(first, least)), to: toDay(Math.min(last, most)) };
    for (const [name, day] of Object.entries(wanted)) {
      if (all) address.searchParams.delete(name);
      else address.searchParams.set(name, day);
    }
    return address.href;
  }

  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-move]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href.split("#")[0], `a[data-move="${CSS.escape(link.dataset.move)}"]`);
  });

  main.addEventListener("keydown", (event) => {
    const region = event.target.closest(".picture");
    if (!region || event.target !== region || event.ctrlKey || event.metaKey || event.altKey) return;
    // Where the picture is wider than its frame the arrows move it there.
    if (event.key.startsWith("Arrow") && region.scrollWidth > region.clientWidth) return;
    const link = main.querySelector(`a[data-move="${KEYS[event.key]}"]`);
    if (!link) return;
    event.preventDefault();
    go(link.href.split("#")[0], ".picture");
  });

  main.addEventListener("wheel", (event) => {
    const region = event.target.closest(".picture");
    if (!region || !event.ctrlKey) return;
    event.preventDefault();
    const at = scaleOf(region);
    nearness ??= { about: at.place(event.clientX), factor: 1 };
    nearness.factor = bounded(nearness.factor * Math.exp(event.deltaY / 300));
    moved(0, 1 / nearness.factor, nearness.about);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const { about, factor } = nearness;
      show(...[at.left, at.right].map((end) => Math.round(at.day(about + (end - about) * factor))));
    }, WAIT);
  }, { passive: false });

  function show(first, last) {
    const short = Math.max(0, SHORTEST - (last - first + 1));
    go(leads(first - Math.floor(short / 2), last + Math.ceil(short / 2)));
  }

  // Two fingers: what is under them stays under them. Of the touches themselves, since pointers end where a browser zooms.
  main.addEventListener("touchstart", (event) => {
    const region = event.target.closest(".picture");
    if (!region || event.touches.length !== 2) return;
    event.preventDefault();
    clearTimeout(timer);
    [pulled, nearness] = [undefined, undefined];
    const at = scaleOf(region);
    pinched = { at, began: spread(event.touches, at), scale: 1, shift: 0 };
  }, { passive: false });

  main.addEventListener("touchmove", (event) => {
    if (!pinched || event.touches.length !== 2) return;
    event.preventDefault();
    const now = spread(event.touches, pinched.at);
    pinched.scale = bounded(now.width / pinched.began.width);
    pinched.shift = now.middle - pinched.scale * pinched.began.middle;
    moved(pinched.shift, pinched.scale);
  }, { passive: false });

  function released(event) {
    if (!pinched || event.touches.length > 1) return;
    const { at, scale, shift } = pinched;
    pinched = undefined;
    if (scale === 1 && shift === 0) return;
    setTimeout(() => moved(), WAIT * 8);
    const [first, last] = [at.left, at.right].map((end) => Math.round(at.day((end - shift) / scale)));
    const [least, most] = JSON.parse(picture().dataset.whole).map(toNumber);
    // Not out of the dates that there are, where these do not all fit.
    const along = last - first > most - least ? 0 : Math.max(least - first, Math.min(0, most - last));
    show(first + along, last + along);
  }

  main.addEventListener("touchend", released);
  main.addEventListener("touchcancel", () => {
    if (pinched) moved();
    pinched = undefined;
  });

  main.addEventListener("pointerdown", (event) => {
    const region = event.target.closest(".picture");
    if (!region || event.button || event.pointerType !== "mouse") return;
    pulled = { from: event.clientX, by: 0, at: scaleOf(region) };
  });

  addEventListener("pointermove", (event) => {
    if (!pulled) return;
    pulled.by = pulled.at.place(event.clientX) - pulled.at.place(pulled.from);
    if (Math.abs(pulled.by) < 6) return;
    picture()?.classList.add("dragged");
    moved(pulled.by);
  });

  addEventListener("pointerup", () => {
    const { at, by } = pulled ?? {};
    pulled = undefined;
    picture()?.classList.remove("dragged");
    if (!at || Math.abs(by) < 6) return;
    // The release of the button is no click on what was pulled.
    addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    setTimeout(() => moved(), WAIT * 8);
    const [first, last] = JSON.parse(picture().dataset.window).map(toNumber);
    const days = Math.round(at.day((at.left + at.right) / 2) - at.day((at.left + at.right) / 2 - by));
    const [least, most] = JSON.parse(picture().dataset.whole).map(toNumber);
    // Not out of the dates that there are.
    const along = Math.min(Math.max(-days, least - first), most - last);
    if (along === 0) moved();
    else go(leads(first + along, last + along));
  });

  main.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(".picture")) event.preventDefault();
  });
  dress();
}

function bounded(factor) {
  return Math.min(FURTHEST, Math.max(1 / FURTHEST, factor));
}

// How far two fingers are apart, and the place between them.
function spread([one, other], at) {
  return {
    width: Math.max(10, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
    middle: at.place((one.clientX + other.clientX) / 2),
  };
}

// The day, as a number, at a place on an axis; beyond its ends it goes on as between them.
function dayAt(place, days, places) {
  const last = places.length - 1;
  if (last < 1) return days[0];
  let n = places.findIndex((one) => one > place);
  if (n <= 0) {
    const pace = (days[last] - days[0]) / (places[last] - places[0]);
    return n === 0 ? days[0] + (place - places[0]) * pace : days[last] + (place - places[last]) * pace;
  }
  n -= 1;
  return days[n] + ((place - places[n]) / (places[n + 1] - places[n])) * (days[n + 1] - days[n]);
}
