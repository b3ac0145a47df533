// The page: three chats side by side, or one at a time on a narrow screen.

import { addressOf, focusAt, h, icon, mark } from "./dom.js";
import { Pane } from "./pane.js";
import { Strip } from "./strip.js";
import { listen, on, world } from "./wire.js";
import { LANGUAGES, language, say, setLanguage } from "./words.js";

const place = (id) => document.getElementById(id);
const ROLES = ["customer", "manager", "team"];
const ICONS = { customer: "person", manager: "map", team: "people" };

class Page {
  constructor() {
    this.panes = Object.fromEntries(ROLES.map((role) => [role, new Pane(role, this)]));
    this.customer = null;
    this.active = "customer";
    this.unread = new Set();
    this.strip = new Strip(place("strip"), () => this.customer);
    on("state", () => this.show());
    on("message", (message) => this.showArrival(message));
    on("edit", (message) => this.each(message.chat, (pane) => pane.replaceMessage(message)));
    on("delete", ({ chat, id }) => this.each(chat, (pane) => pane.removeMessage(id)));
    on("answer", (answer) => this.each(answer.chat, (pane) => answer.person === pane.person && pane.showAnswer(answer)));
    on("action", ({ chat, action }) => this.each(chat, (pane) => pane.showActivity(action)));
    on("menu", (chat) => chat && this.each(chat.id, (pane) => pane.composer.refresh()));
    on("clock", () => this.strip.tick());
    on("line", (up) => { place("offline").hidden = up; place("offline").textContent = say("offline"); });
  }

  each(chatId, act) {
    for (const pane of Object.values(this.panes)) if (pane.chatId === chatId && pane.element.isConnected) act(pane);
  }

  showArrival(message) {
    if (world.cast.people.includes(message.chat) && message.chat !== this.customer) {
      this.unread.add(message.chat);
      this.panes.customer.relabel();
    }
    this.each(message.chat, (pane) => {
      pane.addMessage(message);
      if (message.from.id !== pane.person) this.tabs?.[pane.role]?.classList.toggle("news", pane.role !== this.active);
    });
  }

  // Render everything: at the start, after a change of language, after a broken connection.
  show() {
    const { people, manager, group } = world.cast;
    const focused = addressOf(document.activeElement);
    if (!people.includes(this.customer)) this.customer = people[0] ?? null;
    document.documentElement.lang = language();
    document.title = `${world.bot.name} · ${say("tagline")}`;
    place("brand").replaceChildren(mark(), h("h1", { text: world.bot.name }), h("span", { text: say("tagline") }));
    this.showLanguages();
    const chats = { customer: this.customer, manager, team: group };
    const shown = ROLES.filter((role) => world.chats.has(chats[role]));
    const elements = shown.map((role) => this.panes[role].element);
    // To take a chat out of the page, if only for a moment, would scroll it to its top.
    if (elements.length !== place("panes").childElementCount || elements.some((each) => !each.isConnected)) place("panes").replaceChildren(...elements);
    for (const role of shown) this.panes[role].show(chats[role], role === "team" ? this.writer(group, manager) : chats[role]);
    this.showTabs(shown);
    this.strip.show();
    focusAt(focused);
    document.body.dataset.ready = "yes";
  }

  // The person who writes in the group: the chosen one, else the manager, else anybody.
  writer(group, manager) {
    const members = world.chats.get(group).members.map((each) => each.id);
    return [this.panes.team.person, manager].find((id) => members.includes(id)) ?? members[0];
  }

  choose(customer) {
    this.customer = customer;
    this.unread.delete(customer);
    this.panes.customer.show(customer, customer);
    this.strip.show();
    this.panes.customer.element.querySelector("select")?.focus();
  }

  showLanguages() {
    const keys = LANGUAGES.map((tag) => h("button", { type: "button", "aria-pressed": String(tag === language()), lang: tag, onclick: () => {
      setLanguage(tag);
      this.show();
      place("languages").querySelector("[aria-pressed=true]").focus();
    } }, tag.toUpperCase()));
    place("languages").setAttribute("aria-label", say("language"));
    place("languages").title = say("language");
    place("languages").replaceChildren(...keys);
  }

  showTabs(shown) {
    if (!shown.includes(this.active)) this.active = shown[0];
    this.tabs = Object.fromEntries(shown.map((role) => [role, h("button", { type: "button", role: "tab", id: `tab-${role}`, "aria-controls": `pane-${role}`, onclick: () => this.openTab(role) }, icon(ICONS[role]), h("span", { text: say(role) }))]));
    place("tabs").hidden = shown.length < 2;
    place("tabs").replaceChildren(...Object.values(this.tabs));
    place("tabs").onkeydown = (event) => this.moveBetweenTabs(event, shown);
    this.openTab(this.active, false);
  }

  moveBetweenTabs(event, shown) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    this.openTab(shown[(shown.indexOf(this.active) + move + shown.length) % shown.length]);
    this.tabs[this.active].focus();
  }

  openTab(role, scroll = true) {
    this.active = role;
    document.body.dataset.active = role;
    for (const [name, tab] of Object.entries(this.tabs)) {
      tab.setAttribute("aria-selected", String(name === role));
      tab.tabIndex = name === role ? 0 : -1;
    }
    this.tabs[role]?.classList.remove("news");
    const { following } = this.panes[role];
    if (scroll && following.kind) following.follow(following.kind);
  }
}

new Page();
listen();
