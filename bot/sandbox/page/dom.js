// Elements without a framework. Text always becomes a text node: nothing here can put HTML into the page.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Icons: a few strokes each, on a grid of 24.
const STROKES = {
  send: ["M4.5 12 20 4.8 15.2 20l-3.4-6.4z", "M11.8 13.6 20 4.8"],
  clip: ["M19 11.5 12 18.4a4.4 4.4 0 0 1-6.2-6.2l7.3-7.2a3 3 0 0 1 4.2 4.2L10 16.4a1.5 1.5 0 0 1-2.1-2.1l6.5-6.4"],
  mic: ["M12 3.8a2.7 2.7 0 0 1 2.7 2.7v5a2.7 2.7 0 0 1-5.4 0v-5A2.7 2.7 0 0 1 12 3.8z", "M5.8 11.2a6.2 6.2 0 0 0 12.4 0", "M12 17.4v3"],
  slash: ["M15 5 9 19"],
  photo: ["M4 6.5h16v12H4z", "m4.5 16 4.6-4.6 3.6 3.6 2.6-2.6 4.2 4.1", "M15.2 9.6h.01"],
  file: ["M7 3.8h6.6L18 8.2v12H7z", "M13.4 4v4.4h4.4"],
  reply: ["M10 6 4.5 11.3 10 16.6", "M5 11.3h7.5c4 0 6.5 2 7 6.2"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  down: ["M12 5v13", "m6.5 12.8 5.5 5.4 5.5-5.4"],
  save: ["M12 4v11", "m7.4 10.8 4.6 4.6 4.6-4.6", "M5 19.6h14"],
  plus: ["M12 5.5v13", "M5.5 12h13"],
  minus: ["M5.5 12h13"],
  play: ["M8.5 5.8v12.4L18 12z"],
  pause: ["M9 6v12", "M15 6v12"],
  more: ["M12 5.6v.01", "M12 12v.01", "M12 18.4v.01"],
  people: ["M9 11.4a3 3 0 1 0 0-6 3 3 0 0 0 0 6z", "M3.6 18.6c.4-3 2.5-4.6 5.4-4.6s5 1.6 5.4 4.6", "M15.6 5.8a2.7 2.7 0 0 1 0 5.2", "M17 14.3c2 .5 3.1 2 3.4 4.3"],
  person: ["M12 11.6a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z", "M5.4 19.4c.5-3.4 3-5.2 6.6-5.2s6.1 1.8 6.6 5.2"],
  map: ["m4 6.6 5-2 6 2 5-2v13l-5 2-6-2-5 2z", "M9 4.8v12.6", "M15 6.8v12.6"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 7.6V12l3 2"],
  next: ["M6 6v12l8-6z", "M17.5 6v12"],
  link: ["M10 14a3.6 3.6 0 0 0 5.2 0l2.8-2.8a3.6 3.6 0 0 0-5.2-5.2L11.6 7.2", "M14 10a3.6 3.6 0 0 0-5.2 0L6 12.8A3.6 3.6 0 0 0 11.2 18l1.2-1.2"],
  copy: ["M9 9h10v10H9z", "M15 9V5H5v10h4"],
  out: ["M9 6h9v9", "M18 6 7 17"],
  chevron: ["m7 10 5 5 5-5"],
  spark: ["M12 4v4", "M12 16v4", "M4 12h4", "M16 12h4", "m6.6 6.6 2.4 2.4", "m15 15 2.4 2.4", "m17.4 6.6-2.4 2.4", "m9 15-2.4 2.4"],
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of STROKES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

// The footpath: the bot's face and the page's mark.
export function mark() {
  return h("img", { src: "/page/mark.svg", alt: "", class: "mark", draggable: "false" });
}

// A selector that finds an element again after its room was rendered again: for the focus of the keyboard.
export function addressOf(element) {
  if (!element || element === document.body) return null;
  const { key, happening } = element.dataset;
  if (element.id) return `#${element.id}`;
  const own = key ? `[data-key="${CSS.escape(key)}"]`
    : happening ? `[data-happening="${CSS.escape(happening)}"]`
      : [element.localName, ...element.classList].map((name) => CSS.escape(name)).join(".");
  const room = element.closest("[id]");
  return room ? `#${CSS.escape(room.id)} ${own}` : own;
}

export function focusAt(address) {
  if (address) document.querySelector(address)?.focus({ preventScroll: true });
}

export function button(label, name, onclick, more = {}) {
  return h("button", { type: "button", class: "round", "aria-label": label, title: label, onclick, ...more }, icon(name));
}
