// Strip above the chats: buttons for what happens to the chosen customer, and what came of it. The clock and the jumps
// through time stand in the head of the page; where it is narrow they fold away with the strip.

import { addressOf, focusAt, h, icon } from "./dom.js";
import { act, world } from "./wire.js";
import { among, momentOf, say } from "./words.js";

const HOUR = 3600;
const NARROW = matchMedia("(max-width: 999px)");
const JUMPS = [["hour", HOUR], ["day", 24 * HOUR], ["week", 7 * 24 * HOUR], ["next", null]];

export class Strip {
  // `chosen()` is the customer that things happen to.
  constructor(element, chosen) {
    this.element = element;
    this.chosen = chosen;
    this.busy = false;
    this.says = h("p", { class: "says", role: "status", "aria-live": "polite" });
    this.times = document.getElementById("times");
    NARROW.addEventListener("change", () => this.clock && this.placeTimes());
  }

  show() {
    this.element.hidden = world.happenings === null;
    if (this.element.hidden) return;
    const who = (world.chats.get(this.chosen())?.title ?? "").split(" ")[0];
    this.time = h("time", { class: "moment" });
    this.clock = h("div", { class: "clock", role: "group", "aria-label": say("clockLabel") }, icon("clock"), this.time);
    this.toggle = h("button", { type: "button", "aria-expanded": String(this.element.classList.contains("open")), onclick: () => this.fold() },
      h("span", { text: say("happens", who) }), icon("chevron"));
    this.title = h("h2", { class: "strip-title" });
    const stages = h("div", { class: "stages" }, this.stages());
    this.jumps = h("div", { class: "jumps" }, JUMPS.map(([word, seconds]) =>
      h("button", { type: "button", class: `jump to-${word}`, onclick: () => this.travel(seconds) }, seconds === null ? icon("next") : null, h("span", { text: say(word) }))));
    this.head = h("div", { class: "strip-head" }, this.title, this.says);
    this.body = h("div", { class: "strip-body" }, stages);
    this.element.setAttribute("aria-label", say("happens", who));
    this.times.setAttribute("aria-label", say("clockLabel"));
    this.element.replaceChildren(this.head, this.body, h("div", { class: "progress", "aria-hidden": "true" }));
    this.placeTimes();
    this.tick();
    this.lock(this.busy);
    if (world.notice && !this.noticed) this.tell(world.notice);
    this.noticed = true;
  }

  placeTimes() {
    this.times.hidden = NARROW.matches;
    if (NARROW.matches) {
      this.title.replaceChildren(this.toggle);
      this.title.after(this.clock);
      this.body.prepend(this.jumps);
    } else {
      this.title.replaceChildren(icon("spark"), h("span", { text: this.toggle.textContent }));
      this.times.replaceChildren(this.jumps, this.clock);
    }
  }

  fold(open = !this.element.classList.contains("open")) {
    this.element.classList.toggle("open", open);
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.tell("");
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

  insist() { return this.work(() => act("insist", { person: this.chosen() })); }

  travel(seconds) {
    this.element.classList.add("travelling");
    this.tell(say("travelling"));
    return this.work(() => act("travel", { seconds })).finally(() => this.element.classList.remove("travelling"));
  }

  async work(job) {
    const pressed = this.element.contains(document.activeElement) || this.times.contains(document.activeElement) ? document.activeElement : null;
    // "Ask anyway" goes with its sentence; the event it was about stays.
    if (pressed && !pressed.matches(".insist")) this.pressed = addressOf(pressed);
    this.lock(true);
    try {
      const result = await job();
      this.tell(result.says ?? "");
      if (result.insist) this.says.append(" ", h("button", { type: "button", class: "insist", text: say("insist"), onclick: () => this.insist() }));
    } catch (problem) {
      this.tell(problem.message || say("failed"), true);
    } finally {
      this.lock(false);
      // What came of it is to be seen in the chat.
      if (NARROW.matches) this.fold(false);
      // A disabled button loses the keyboard's focus, unless it went elsewhere meanwhile.
      if (pressed && [document.body, null, pressed].includes(document.activeElement)) focusAt(NARROW.matches ? "#strip .strip-title button" : this.pressed);
    }
  }

  lock(busy) {
    this.busy = busy;
    this.element.setAttribute("aria-busy", String(busy));
    for (const each of document.querySelectorAll(".chip, .jump, .insist")) each.disabled = busy;
  }

  tell(words, bad = false) {
    this.says.textContent = words;
    this.says.classList.toggle("bad", bad);
    this.says.classList.remove("fresh");
    requestAnimationFrame(() => this.says.classList.add("fresh"));
  }
}
