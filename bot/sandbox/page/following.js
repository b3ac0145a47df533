// The scrolling part of a chat, which follows its messages.
//
// Following has two kinds. "newest" rests where the newest message begins, if that is taller than the view: a map is seen
// from its top, and its buttons are below. Words with buttons are a question: there the buttons are in view, as in any
// messenger. "end" stays below all messages. Scrolling up by hand ends both; a growing chat does not.

import { h, icon } from "./dom.js";
import { say } from "./words.js";

const NEAR = 80;
const MARGIN = 8;

export class Following {
  // `moved()` is called after each scroll.
  constructor(list, name, moved) {
    this.list = list;
    this.moved = moved;
    this.kind = "newest";
    this.before = 0;
    this.unseen = 0;
    this.scroller = h("div", { class: "scroll", tabindex: "0", role: "log", "aria-label": name }, list);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.newest = h("button", { type: "button", class: "newest", hidden: true, "aria-label": say("newest"), onclick: () => this.follow("end", true) }, icon("down"), h("b"));
    const watch = new ResizeObserver(() => this.kind && this.follow(this.kind));
    for (const each of [this.scroller, list]) watch.observe(each);
  }

  scrolled() {
    const { scrollTop } = this.scroller;
    const low = this.end() - scrollTop < NEAR;
    if (Math.abs(scrollTop - this.restingPlace()) < NEAR) this.kind = "newest";
    // A chat that gets shorter moves the view up to its end: that is not by hand.
    else if (low && scrollTop > this.before) this.kind = "end";
    else if (!low && scrollTop < this.before - 1) this.kind = null;
    this.before = scrollTop;
    this.count(this.kind ? 0 : this.unseen);
    this.moved();
  }

  end() { return this.scroller.scrollHeight - this.scroller.clientHeight; }
  lastMessage() { return [...this.list.querySelectorAll(".message")].at(-1); }

  restingPlace() {
    const last = this.lastMessage();
    const isRead = last?.matches(".with-photo, :not(:has(.keyboard))");
    return Math.max(0, isRead ? Math.min(this.end(), last.offsetTop - MARGIN) : this.end());
  }

  follow(kind, smooth = false) {
    this.kind = kind;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = kind === "end" ? this.end() : this.restingPlace();
    this.scroller.scrollTo({ top, behavior: smooth && !calm ? "smooth" : "instant" });
    if (!smooth) this.before = this.scroller.scrollTop;
    this.count(0);
  }

  // Take over from the same chat as it was rendered before; somebody who had scrolled up stays there.
  continueFrom(old) {
    if (!old || old.kind) { this.follow(old?.kind ?? "newest"); return; }
    this.kind = null;
    this.before = old.before;
    this.scroller.scrollTop = old.before;
    this.count(old.unseen);
  }

  // A new picture came in place of an old one, or of words: it is what was asked for, and not the buttons below it.
  showPicture(element, asked) {
    if (this.kind && element === this.lastMessage()) this.follow("newest");
    else if (asked) this.scroller.scrollTo({ top: element.offsetTop - MARGIN, behavior: "instant" });
  }

  count(unseen) {
    this.unseen = unseen;
    this.newest.hidden = Boolean(this.kind) && this.end() - this.scroller.scrollTop < NEAR;
    this.newest.lastChild.textContent = unseen || "";
  }
}
