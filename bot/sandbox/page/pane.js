// One chat on one person's screen.

import { bubble } from "./bubbles.js";
import { Composer } from "./composer.js";
import { button, h, icon, mark } from "./dom.js";
import { Following } from "./following.js";
import { invitation } from "./invitation.js";
import { Notices } from "./notices.js";
import { alertBox, popup } from "./viewer.js";
import { act, upload, world } from "./wire.js";
import { dayOf, longDay, say } from "./words.js";

const PATIENCE = 60_000;
const CLOSE_IN_TIME = 5 * 60_000;
const ROLES = { customer: "person", manager: "map", team: "people" };

export class Pane {
  constructor(role, page) {
    this.role = role;
    this.page = page;
    this.presses = new Map();
    this.elements = new Map();
    this.days = new Map();
    this.element = h("section", { class: "pane", "data-role": role, id: `pane-${role}` });
  }

  get group() { return this.role === "team"; }
  chat() { return world.chats.get(this.chatId); }
  menu() { return this.chat()?.menus[this.person] ?? []; }
  waiting(...place) { return this.presses.has(place.join(":")); }

  // Show another chat, or render the same one again (another language, a new state).
  show(chatId, person) {
    const other = chatId !== this.chatId;
    const draft = other ? "" : this.composer?.text.value ?? "";
    const before = other ? null : this.following;
    this.chatId = chatId;
    this.person = person;
    this.elements.clear();
    this.days.clear();
    this.element.setAttribute("aria-label", say(this.role));
    this.list = h("div", { class: "list" });
    this.notices = new Notices(this.list);
    this.following = new Following(this.list, say(this.role), () => this.notices.place());
    this.status = h("span", { class: "status" });
    this.foot = h("footer", { class: "foot" });
    this.composer = new Composer(this);
    this.composer.text.value = draft;
    this.composer.adaptToText();
    this.element.replaceChildren(this.label(), h("div", { class: "card" }, this.head(), h("div", { class: "view" }, this.following.scroller, this.following.newest, this.notices.element), this.foot));
    for (const message of this.chat()?.messages.values() ?? []) this.elements.set(message.id, bubble(message, this));
    this.arrange();
    this.refresh();
    this.following.continueFrom(before);
  }

  label() {
    const chooser = this.chooser();
    return h("div", { class: "pane-label" }, icon(ROLES[this.role]), h("h2", { text: say(this.role) }), chooser);
  }

  chooser() {
    const people = this.role === "customer" ? world.cast.people.map((id) => world.chats.get(id)).filter(Boolean)
      : this.group ? this.chat()?.members ?? [] : [];
    const chosen = this.group ? this.person : this.chatId;
    if (people.length < 2) return this.onlyPerson(people[0] ?? (this.group ? null : this.chat()));
    const options = people.map((each) => h("option", { value: each.id, selected: each.id === chosen }, this.named(each)));
    const select = h("select", { "aria-label": say(this.group ? "actAs" : "chooseCustomer"), onchange: () => {
      const id = Number(select.value);
      if (this.group) { this.person = id; this.show(this.chatId, id); } else this.page.choose(id);
    } }, options);
    return h("span", { class: `who select${!this.group && this.page.unread.size ? " news" : ""}` }, this.group ? h("small", { text: say("actAs") }) : null, select, icon("chevron"));
  }

  // The name of the only person, unless it says no more than the head of the chat.
  onlyPerson(person) {
    const name = person?.title ?? person?.name;
    if (!name || name === say(this.role)) return null;
    return h("span", { class: "who" }, this.group ? h("small", { text: `${say("actAs")} ` }) : null, name);
  }

  // A chat with unread messages is marked in the list.
  named(each) { return (this.page.unread.has(each.id) ? "● " : "") + (each.title ?? each.name); }

  relabel() {
    for (const option of this.element.querySelectorAll("option")) option.textContent = this.named(world.chats.get(Number(option.value)));
    this.element.querySelector(".who")?.classList.toggle("news", this.page.unread.size > 0);
  }

  head() {
    const chat = this.chat();
    const title = this.group ? chat?.title : world.bot.name;
    const face = this.group ? h("span", { class: "face group" }, icon("people")) : h("span", { class: "face" }, mark());
    const more = this.group ? null : h("span", { class: "anchor" }, this.more = button(say("more"), "more", () => this.showMore(), { class: "round", "aria-haspopup": "menu" }));
    return h("header", { class: "head" }, face, h("div", { class: "title" }, h("strong", { text: title ?? "" }), this.status), more);
  }

  showMore() {
    const { blocked } = this.chat();
    popup(this.more, [["close", say(blocked ? "unblock" : "block"), () => this.try("block", { person: this.person, blocked: !blocked })]], "right below");
  }

  // Render what depends on the chat, not on its messages: status line, composer or invitation.
  refresh() {
    const chat = this.chat();
    if (!chat) return;
    clearTimeout(this.acting);
    this.status.classList.remove("acting");
    this.status.textContent = this.group ? say("members", chat.members.length) : say("bot");
    const invited = !this.group && !chat.started;
    const state = invited ? "invitation" : chat.blocked ? "blocked" : "composer";
    this.element.dataset.state = state;
    if (state === "composer") {
      const link = this.linkBar(chat);
      if (link || this.foot.firstChild !== this.composer.element) this.foot.replaceChildren(...[link, this.composer.element].filter(Boolean));
      this.composer.refresh();
    } else if (state === "blocked") {
      this.foot.replaceChildren(h("div", { class: "barred" }, h("p", { text: say("blocked") }), h("button", { type: "button", class: "primary", onclick: () => this.try("block", { person: this.person, blocked: false }) }, say("unblock"))));
    } else this.foot.replaceChildren();
    this.invite(invited);
  }

  // A customer whom the business does not know by this chat (started without a link, or forgotten) still has the receipt.
  linkBar(chat) {
    if (this.role !== "customer" || world.happenings === null || chat.linked) return null;
    return h("div", { class: "barred" }, h("p", { text: say("linkTitle", chat.title) }), h("button", { type: "button", class: "primary", onclick: () => this.begin("open") }, icon("link"), h("span", { text: say("linkButton") })));
  }

  invite(invited) {
    const focused = this.empty?.contains(document.activeElement);
    this.empty?.remove();
    if (focused) this.following.scroller.focus({ preventScroll: true });
    this.empty = null;
    if (this.elements.size || (!invited && !this.group)) return;
    this.empty = this.group ? h("p", { class: "quiet", text: say("emptyGroup") }) : invitation(this);
    this.list.append(this.empty);
  }

  // Messages

  addMessage(message) {
    const followed = this.following.kind || message.from.id === this.person;
    const element = bubble(message, this);
    element.classList.add("fresh");
    this.elements.set(message.id, element);
    this.arrange();
    this.refresh();
    if (followed) this.following.follow("newest", true);
    else this.following.count(this.following.unseen + 1);
  }

  replaceMessage(message) {
    const old = this.elements.get(message.id);
    if (!old) return this.addMessage(message);
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const fresh = bubble(message, this);
    fresh.className = `${fresh.className} ${["joined", "tail"].filter((name) => old.classList.contains(name)).join(" ")}`;
    this.elements.set(message.id, fresh);
    old.replaceWith(fresh);
    if (focused) (fresh.querySelector(`[data-key="${focused}"]`) ?? fresh.querySelector("[data-key]") ?? fresh).focus({ preventScroll: true });
    this.refresh();
    if (fresh.dataset.file && fresh.dataset.file !== old.dataset.file) this.following.showPicture(fresh, this.pressed === message.id);
    this.notices.place();
    return undefined;
  }

  removeMessage(id) {
    this.elements.get(id)?.remove();
    this.elements.delete(id);
    this.arrange();
    this.refresh();
  }

  // Put bubbles in order, with a date before each day; messages of one person in a row are joined.
  arrange() {
    const messages = [...(this.chat()?.messages.values() ?? [])].sort((a, b) => a.id - b.id);
    const ordered = [];
    let day = "";
    messages.forEach((message, i) => {
      const element = this.elements.get(message.id);
      if (!element) return;
      const own = dayOf(message.date);
      if (own !== day) ordered.push(this.separator(own, message.date));
      element.classList.toggle("joined", own === day && isSameRun(messages[i - 1], message));
      const next = messages[i + 1];
      element.classList.toggle("tail", !(next && dayOf(next.date) === own && isSameRun(message, next)));
      day = own;
      ordered.push(element);
    });
    let next = this.list.firstChild;
    for (const element of ordered) {
      if (next === element) next = next.nextSibling;
      else this.list.insertBefore(element, next);
    }
    while (next) { const left = next; next = next.nextSibling; if (left !== this.empty) left.remove(); }
  }

  separator(day, iso) {
    if (!this.days.has(day)) this.days.set(day, h("div", { class: "day" }, h("span", { text: longDay(iso) })));
    return this.days.get(day);
  }

  jump(id) {
    const element = this.elements.get(id);
    element?.scrollIntoView({ block: "center", behavior: "smooth" });
    element?.classList.remove("flash");
    requestAnimationFrame(() => element?.classList.add("flash"));
  }

  // Actions of the person

  async try(name, body) {
    try {
      return await act(name, body);
    } catch (problem) {
      this.fail(problem);
      return null;
    }
  }

  fail(problem) { this.notices.show(problem.message || say("failed"), "bad"); }

  // Meet the bot, by a link or without one. What the page said before, e.g. that a question waits for it, is over.
  begin(name, more = {}) {
    this.page.strip.tell("");
    return this.try(name, { person: this.person, ...more });
  }

  reply(message) { if (this.element.dataset.state === "composer") this.composer.answer(message); }
  send(text, reply) { return this.try("send", { person: this.person, chat: this.chatId, text, reply }); }
  command(text) { return this.send(text, null); }

  async sendFile(kind, blob, name, more) {
    try {
      await upload({ kind, person: this.person, chat: this.chatId, ...more }, blob, name);
    } catch (problem) {
      this.fail(problem);
    }
  }

  async press(message, row, column) {
    const place = [message.id, row, column].join(":");
    if (this.presses.has(place)) return;
    this.pressed = message.id;
    this.presses.set(place, { timer: setTimeout(() => this.release(place), PATIENCE) });
    this.mark(place, true);
    const answer = await this.try("press", { person: this.person, chat: this.chatId, message: message.id, row, column });
    if (!answer) this.release(place);
    else if (this.presses.has(place)) this.presses.get(place).press = answer.press;
    if (answer && this.earlyAnswers?.has(answer.press)) this.showAnswer(this.earlyAnswers.get(answer.press));
  }

  mark(place, on) { this.element.querySelector(`[data-key="${place}"]`)?.classList.toggle("waiting", on); }

  release(place) {
    clearTimeout(this.presses.get(place)?.timer);
    this.presses.delete(place);
    this.mark(place, false);
  }

  // The bot answered a press. Its answer may overtake the answer to our own request.
  showAnswer(answer) {
    const found = [...this.presses].find(([, each]) => each.press === answer.press);
    if (!found) { (this.earlyAnswers ??= new Map()).set(answer.press, answer); return; }
    this.earlyAnswers?.delete(answer.press);
    this.release(found[0]);
    if (!answer.text) return;
    if (answer.show_alert) alertBox(document.body, answer.text);
    else this.notices.show(answer.text);
  }

  showActivity(action) {
    this.status.textContent = say(action.startsWith("upload") ? "sending" : "typing");
    this.status.classList.add("acting");
    clearTimeout(this.acting);
    this.acting = setTimeout(() => this.refresh(), 6000);
  }

  async copy(text) {
    try { await navigator.clipboard.writeText(text); this.notices.show(say("copied")); } catch { this.notices.show(text); }
  }

  // Open a link to this bot in this chat. Returns true when it is such a link.
  open(url) {
    const found = /^(?:https?:\/\/(?:t\.me|telegram\.me)\/([A-Za-z0-9_]+)\/?(?:\?(.*))?|tg:\/\/resolve\?(.*))$/.exec(url);
    if (!found) return false;
    const query = new URLSearchParams(found[2] ?? found[3] ?? "");
    const name = found[1] ?? query.get("domain");
    if (name?.toLowerCase() !== world.bot.username?.toLowerCase()) return false;
    this.try("start", { person: this.person, payload: query.get("start") ?? "" });
    return true;
  }
}

function isSameRun(before, after) {
  return Boolean(before) && !before.service && !after.service && before.from.id === after.from.id && new Date(after.date) - new Date(before.date) < CLOSE_IN_TIME;
}
