// Notices of a chat. They cover no button: each stands at the first height of the view without one, else over the head.

import { h } from "./dom.js";

const MARGIN = 8;
const SHORTEST = 3200;
const TO_READ = 60;

export class Notices {
  constructor(list) {
    this.list = list;
    // A live region that is there before its words, so that they are read aloud.
    this.element = h("div", { class: "notices", role: "status" });
  }

  show(text, kind = "") {
    const note = h("div", { class: `toast ${kind}`, text });
    const time = Math.max(SHORTEST, TO_READ * text.length);
    this.element.append(note);
    this.place();
    setTimeout(() => note.classList.add("leaving"), time);
    setTimeout(() => note.remove(), time + 500);
  }

  place() {
    if (!this.element.childElementCount) return;
    const height = this.element.offsetHeight;
    const view = this.element.parentElement.getBoundingClientRect();
    const places = [...this.list.querySelectorAll("button:not(.reply-action), a")].map((each) => each.getBoundingClientRect());
    const covered = places.filter((each) => each.height && each.bottom > view.top && each.top < view.bottom);
    let top = view.top + MARGIN;
    for (const each of covered.sort((a, b) => a.top - b.top)) if (each.bottom > top && each.top < top + height) top = each.bottom + MARGIN;
    if (top + height > view.bottom) top = view.top - height - MARGIN;
    this.element.style.top = `${top - view.top}px`;
  }
}
