// Composer of a chat: text, photo, file, voice, commands, and the bot's reply keyboard.

import { button, h, icon } from "./dom.js";
import { gist } from "./bubbles.js";
import { popup } from "./viewer.js";
import { canRecord, record, sample } from "./voice.js";
import { lengthOf, say } from "./words.js";

const MAX_LENGTH = 4096;

// `pane`: { menu(), send(text, reply), sendFile(kind, blob, name, more), chat() }
export class Composer {
  constructor(pane) {
    this.pane = pane;
    this.replyTo = null;
    this.recording = null;
    this.element = h("form", { class: "composer" });
    this.element.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.build();
  }

  build() {
    this.text = h("textarea", { rows: "1", maxlength: MAX_LENGTH, placeholder: say("write"), "aria-label": say("write"), enterkeyhint: "send" });
    this.text.addEventListener("input", () => this.adaptToText());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("paste", (event) => this.paste(event));
    this.files = h("input", { type: "file", hidden: true, tabindex: "-1", "aria-hidden": "true" });
    this.files.addEventListener("change", () => this.sendPicked());
    this.slash = button(say("menu"), "slash", () => this.menu(), { class: "round tool slash", "aria-haspopup": "menu" });
    this.clip = button(say("attach"), "clip", () => this.attach(), { class: "round tool", "aria-haspopup": "menu" });
    this.mic = button(say("record"), "mic", () => this.startRecording(), { class: "round tool mic" });
    this.submit = h("button", { type: "submit", class: "round go", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.answered = h("div", { class: "answered", hidden: true });
    this.keys = h("div", { class: "reply-keys", hidden: true });
    this.bar = h("div", { class: "bar" }, h("span", { class: "anchor" }, this.slash), h("span", { class: "anchor" }, this.clip), this.text, h("span", { class: "anchor" }, this.mic), this.submit, this.files);
    this.element.replaceChildren(this.answered, this.bar, this.keys);
    this.adaptToText();
    this.refresh();
  }

  refresh() {
    this.slash.parentElement.hidden = this.pane.menu().length === 0;
    this.layKeys();
  }

  adaptToText() {
    const written = this.text.value.trim() !== "";
    this.submit.hidden = !written;
    this.mic.parentElement.hidden = written;
    this.text.style.height = "";
    if (this.text.scrollHeight > this.text.clientHeight) this.text.style.height = `${this.text.scrollHeight}px`;
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    if (event.key === "Escape" && this.replyTo) this.answer(null);
    if (event.key === "/" && this.text.value === "" && this.pane.menu().length) setTimeout(() => this.menu(), 0);
  }

  paste(event) {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (!file) return;
    event.preventDefault();
    this.sendWithText(file);
  }

  send() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.text.value = "";
    this.adaptToText();
    this.pane.send(text, this.takeReply());
  }

  takeReply() {
    const reply = this.replyTo?.id ?? null;
    this.answer(null);
    return reply;
  }

  answer(message) {
    this.replyTo = message;
    this.answered.hidden = !message;
    if (!message) return this.answered.replaceChildren();
    this.answered.replaceChildren(icon("reply"), h("div", {}, h("b", { text: say("replyTo", message.from.name) }), h("span", { text: gist(message) })), button(say("cancel"), "close", () => this.answer(null)));
    return this.text.focus();
  }

  menu() {
    const commands = this.pane.menu();
    const entries = commands.map((each) => [null, `/${each.command}`, () => { this.text.value = ""; this.adaptToText(); this.pane.send(`/${each.command}`, null); }, each.description]);
    popup(this.slash, entries, "commands");
  }

  attach() {
    popup(this.clip, [["photo", say("photo"), () => this.pick("photo", "image/png,image/jpeg,image/webp,image/gif")], ["file", say("file"), () => this.pick("document", "")]]);
  }

  pick(kind, accept) {
    this.kind = kind;
    this.files.accept = accept;
    this.files.value = "";
    this.files.click();
  }

  sendPicked() {
    const file = this.files.files[0];
    if (file) this.sendWithText(file, this.kind);
  }

  sendWithText(file, kind = /^image\/(png|jpeg|webp|gif)$/.test(file.type) ? "photo" : "document") {
    const caption = this.text.value.trim().slice(0, 1024);
    this.text.value = "";
    this.adaptToText();
    this.pane.sendFile(kind, file, file.name, { caption, reply: this.takeReply() });
  }

  async startRecording() {
    if (!canRecord()) return this.offerSample();
    try {
      this.recording = await record();
    } catch {
      return this.offerSample();
    }
    return this.showRecording();
  }

  offerSample() {
    const murmur = () => {
      const { blob, seconds } = sample();
      this.pane.sendFile("voice", blob, "voice.wav", { seconds, reply: this.takeReply() });
    };
    popup(this.mic, [[null, say("sample"), murmur, say("noMicrophone")]], "right hint");
  }

  showRecording() {
    const time = h("span", { class: "time", text: "0:00" });
    const ticking = setInterval(() => { time.textContent = lengthOf(this.recording.seconds()); }, 250);
    const end = () => { clearInterval(ticking); this.recording = null; this.build(); };
    const drop = button(say("cancel"), "close", () => { this.recording.drop(); end(); });
    const finish = h("button", { type: "button", class: "round go", "aria-label": say("stop"), title: say("stop"), onclick: async () => {
      const { blob, seconds } = await this.recording.finish();
      end();
      this.pane.sendFile("voice", blob, "voice.ogg", { seconds, reply: this.takeReply() });
    } }, icon("send"));
    this.element.replaceChildren(h("div", { class: "bar recording", role: "status" }, drop, h("span", { class: "dot" }), h("span", { text: say("recording") }), time, finish));
    finish.focus();
  }

  layKeys() {
    const board = this.pane.chat()?.keyboard;
    this.keys.hidden = !board?.keyboard;
    this.keys.replaceChildren(...(board?.keyboard ?? []).map((row) => h("div", { class: "keys" }, row.map((key) =>
      h("button", { type: "button", class: "key", onclick: () => { if (board.one_time_keyboard) this.keys.hidden = true; this.pane.send(key.text, null); } }, h("span", { text: key.text }))))));
    this.text.placeholder = board?.input_field_placeholder || say("write");
  }
}
