// Overlays of a chat: a photo in full size, an alert, a small menu.

import { button, h, icon } from "./dom.js";
import { say } from "./words.js";

const STEPS = [1, 1.5, 2, 3, 4];

export function openPhoto(media, caption, savable = true) {
  const image = h("img", { src: media.url, alt: caption || say("photoWord"), draggable: "false" });
  const stage = h("div", { class: "stage" }, image);
  let step = 0;
  const zoom = (to, event) => {
    const before = { x: stage.scrollLeft + (event?.offsetX ?? stage.clientWidth / 2), w: stage.scrollWidth, y: stage.scrollTop + stage.clientHeight / 2, h: stage.scrollHeight };
    step = Math.min(STEPS.length - 1, Math.max(0, to));
    image.style.setProperty("--zoom", STEPS[step]);
    stage.classList.toggle("zoomed", step > 0);
    stage.scrollLeft = (before.x / before.w) * stage.scrollWidth - stage.clientWidth / 2;
    stage.scrollTop = (before.y / before.h) * stage.scrollHeight - stage.clientHeight / 2;
  };
  image.addEventListener("click", (event) => zoom(step ? 0 : 2, event));
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && step === 0) return;
    event.preventDefault();
    zoom(step + (event.deltaY < 0 ? 1 : -1), event);
  }, { passive: false });
  const save = savable
    ? h("a", { class: "round", href: media.url, download: media.name, "aria-label": say("download"), title: say("download") }, icon("save"))
    : null;
  const bar = h("div", { class: "viewer-bar", role: "toolbar", "aria-label": say("photoWord") },
    button(say("zoomOut"), "minus", () => zoom(step - 1)), button(say("zoomIn"), "plus", () => zoom(step + 1)), save,
    button(say("closeViewer"), "close", () => dialog.close()));
  const dialog = h("dialog", { class: "viewer", "aria-label": say("photoWord") }, stage, bar, caption ? h("p", { class: "viewer-caption", text: caption }) : null);
  stage.addEventListener("click", (event) => event.target === stage && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(step + 1);
    if (event.key === "-") zoom(step - 1);
  });
  show(dialog, document.body);
}

function show(dialog, place) {
  dialog.addEventListener("close", () => dialog.remove());
  place.append(dialog);
  dialog.showModal();
}

export function alertBox(place, text) {
  const dialog = h("dialog", { class: "alert", role: "alertdialog", "aria-label": text }, h("p", { text }), h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, say("ok")));
  show(dialog, place);
}

// A small menu below a button. Entries are [icon, label, act, explanation]; Escape and a press elsewhere close it.
export function popup(anchor, entries, className = "") {
  document.querySelector(".popup")?.remove();
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
  };
  const outside = (event) => !menu.contains(event.target) && !anchor.contains(event.target) && close();
  const items = entries.map(([name, label, act, more]) =>
    h("button", { type: "button", role: "menuitem", onclick: () => { close(); anchor.focus(); act(); } },
      name ? icon(name) : null, h("span", { text: label }), more ? h("small", { text: more }) : null));
  const menu = h("div", { class: `popup ${className}`, role: "menu" }, items);
  menu.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { close(); anchor.focus(); }
    if (event.key === "Tab") close();
    if (!move) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + move + items.length) % items.length].focus();
  });
  anchor.setAttribute("aria-expanded", "true");
  anchor.parentElement.append(menu);
  document.addEventListener("pointerdown", outside, true);
  items[0]?.focus();
  return close;
}
