// One chat on one person's screen.

import { bubble } from "./bubbles.js";
import { Composer } from "./composer.js";
import { button, h, icon, mark } from "./dom.js";
import { alertBox, popup, toast } from "./viewer.js";
import { invitation } from "./invitation.js";
import { act, upload, world } from "./wire.js";
import { dayOf, longDay, say } from "./words.js";

const NEAR = 80;
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
    this.sticks = true;
    this.before = 0;
    this.unseen = 0;
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
    this.chatId = chatId;
    this.person = person;
    this.elements.clear();
    this.days.clear();
    this.element.setAttribute("aria-label", say(this.role));
    this.list = h("div", { class: "list", role: "log", "aria-label": say(this.role) });
    this.scroller = h("div", { class: "scroll", tabindex: "0" }, this.list);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.newest = h("button", { type: "button", class: "newest", hidden: true, "aria-label": say("newest"), onclick: () => this.toBottom(true) }, icon("down"), h("b"));
    this.notices = h("div", { class: "notices" });
    this.status = h("span", { class: "status" });
    this.foot = h("footer", { class: "foot" });
    this.composer = new Composer(this);
    this.composer.text.value = draft;
    this.composer.adaptToText();
    this.element.replaceChildren(this.label(), h("div", { class: "card" }, this.head(), h("div", { class: "view" }, this.scroller, this.newest, this.notices), this.foot));
    for (const message of this.chat()?.messages.values() ?? []) this.elements.set(message.id, bubble(message, this));
    this.arrange();
    this.refresh();
    this.before = 0;
    this.toBottom();
    this.watch ??= new ResizeObserver(() => this.sticks && this.toBottom());
    this.watch.disconnect();
    for (const each of [this.scroller, this.list]) this.watch.observe(each);
  }

  label() {
    const chooser = this.chooser();
    return h("div", { class: "pane-label" }, icon(ROLES[this.role]), h("h2", { text: say(this.role) }), chooser);
  }

  chooser() {
    const people = this.role === "customer" ? world.cast.people.map((id) => world.chats.get(id)).filter(Boolean)
      : this.group ? this.chat()?.members ?? [] : [];
    const chosen = this.group ? this.person : this.chatId;
    if (people.length < 2) return people.length || this.role === "manager" ? h("span", { class: "who", text: (people[0] ?? this.chat())?.title ?? people[0]?.name }) : null;
    const options = people.map((each) => h("option", { value: each.id, selected: each.id === chosen }, this.named(each)));
    const select = h("select", { "aria-label": say(this.group ? "actAs" : "chooseCustomer"), onchange: () => {
      const id = Number(select.value);
      if (this.group) { this.person = id; this.show(this.chatId, id); } else this.page.choose(id);
    } }, options);
    return h("span", { class: `who select${!this.group && this.page.unread.size ? " news" : ""}` }, this.group ? h("small", { text: say("actAs") }) : null, select, icon("chevron"));
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
      if (this.foot.firstChild !== this.composer.element) this.foot.replaceChildren(this.composer.element);
      this.composer.refresh();
    } else if (state === "blocked") {
      this.foot.replaceChildren(h("div", { class: "barred" }, h("p", { text: say("blocked") }), h("button", { type: "button", class: "primary", onclick: () => this.try("block", { person: this.person, blocked: false }) }, say("unblock"))));
    } else this.foot.replaceChildren();
    this.invite(invited);
  }

  invite(invited) {
    this.empty?.remove();
    this.empty = null;
    if (this.elements.size || (!invited && !this.group)) return;
    this.empty = this.group ? h("p", { class: "quiet", text: say("emptyGroup") }) : invitation(this);
    this.list.append(this.empty);
  }

  // Messages

  addMessage(message) {
    const stuck = this.sticks || message.from.id === this.person;
    const element = bubble(message, this);
    element.classList.add("fresh");
    this.elements.set(message.id, element);
    this.arrange();
    this.refresh();
    if (stuck) this.toBottom(true);
    else this.count(this.unseen + 1);
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

  scrolled() {
    // Only scrolling up by hand stops following the newest message; a growing chat does not.
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.sticks = true;
    else if (scrollTop < this.before - 1) this.sticks = false;
    this.before = scrollTop;
    if (this.sticks) this.count(0);
    this.newest.hidden = this.sticks;
  }

  count(unseen) {
    this.unseen = unseen;
    this.newest.hidden = this.sticks;
    this.newest.lastChild.textContent = unseen || "";
  }

  toBottom(smooth = false) {
    this.sticks = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.count(0);
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

  fail(problem) { toast(this.notices, problem.message || say("failed"), "bad"); }
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
    else toast(this.notices, answer.text);
  }

  showActivity(action) {
    this.status.textContent = say(action.startsWith("upload") ? "sending" : "typing");
    this.status.classList.add("acting");
    clearTimeout(this.acting);
    this.acting = setTimeout(() => this.refresh(), 6000);
  }

  async copy(text) {
    try { await navigator.clipboard.writeText(text); toast(this.notices, say("copied")); } catch { toast(this.notices, text); }
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
