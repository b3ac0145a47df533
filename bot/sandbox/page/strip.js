// Strip above the chats: buttons for what happens to the chosen customer, and the clock.

import { h, icon } from "./dom.js";
import { act, world } from "./wire.js";
import { among, momentOf, say } from "./words.js";

const HOUR = 3600;
const JUMPS = [["hour", HOUR], ["day", 24 * HOUR], ["week", 7 * 24 * HOUR], ["next", null]];

export class Strip {
  // `chosen()` is the customer that things happen to.
  constructor(element, chosen) {
    this.element = element;
    this.chosen = chosen;
    this.busy = false;
    this.says = h("p", { class: "says", role: "status", "aria-live": "polite" });
  }

  show() {
    this.element.hidden = world.happenings === null;
    if (this.element.hidden) return;
    const who = (world.chats.get(this.chosen())?.title ?? "").split(" ")[0];
    this.time = h("time", { class: "moment", "aria-label": say("clockLabel") });
    this.toggle = h("button", { type: "button", class: "strip-title", "aria-expanded": String(this.element.classList.contains("open")), onclick: () => this.fold() },
      icon("spark"), h("h2", { text: say("happens", who) }), icon("chevron"));
    const stages = h("div", { class: "stages" }, this.stages());
    const jumps = h("div", { class: "jumps" }, JUMPS.map(([word, seconds]) =>
      h("button", { type: "button", class: `jump to-${word}`, onclick: () => this.travel(seconds) }, seconds === null ? icon("next") : null, h("span", { text: say(word) }))));
    this.element.replaceChildren(
      h("div", { class: "strip-head" }, this.toggle, h("div", { class: "clock" }, icon("clock"), this.time)),
      h("div", { class: "strip-body" }, stages, h("div", { class: "side" }, jumps, this.says)),
      h("div", { class: "progress", "aria-hidden": "true" }));
    this.tick();
    this.lock(this.busy);
  }

  fold() {
    const open = this.element.classList.toggle("open");
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  stages() {
    const groups = new Map();
    for (const each of world.happenings) {
      const title = among(each.group);
      groups.set(title, [...(groups.get(title) ?? []), each]);
    }
    return [...groups].map(([title, events]) => h("div", { class: "stage" }, title ? h("h3", { text: title }) : null,
      h("div", { class: "chips" }, events.map((each) => h("button", { type: "button", class: "chip", "data-happening": each.key, onclick: (event) => this.happen(each, event.currentTarget) }, among(each.title))))));
  }

  tick() {
    if (!this.time || !world.clock) return;
    this.time.dateTime = world.clock;
    this.time.textContent = momentOf(world.clock);
  }

  async happen(event, chip) {
    chip.classList.add("waiting");
    await this.work(() => act("happen", { person: this.chosen(), key: event.key }));
    chip.classList.remove("waiting");
  }

  travel(seconds) {
    this.element.classList.add("travelling");
    this.tell(say("travelling"));
    return this.work(() => act("travel", { seconds })).finally(() => this.element.classList.remove("travelling"));
  }

  async work(job) {
    this.lock(true);
    try {
      this.tell((await job()).says ?? "");
    } catch (problem) {
      this.tell(problem.message || say("failed"), true);
    } finally {
      this.lock(false);
    }
  }

  lock(busy) {
    this.busy = busy;
    this.element.setAttribute("aria-busy", String(busy));
    for (const each of this.element.querySelectorAll(".chip, .jump")) each.disabled = busy;
  }

  tell(words, bad = false) {
    this.says.textContent = words;
    this.says.classList.toggle("bad", bad);
    this.says.classList.remove("fresh");
    requestAnimationFrame(() => this.says.classList.add("fresh"));
  }
}
