// One message: a bubble, its file, and the buttons under it.

import { h, icon } from "./dom.js";
import { SAFE, renderText } from "./text.js";
import { openPhoto } from "./viewer.js";
import { player } from "./voice.js";
import { hourOf, say, sizeOf } from "./words.js";

const KINDS = { photo: "photoWord", document: "documentWord", voice: "voiceWord" };
const TINTS = 5;

// `pane`: the person who looks, and what their presses do: { person, group, open, command, press, copy, reply, jump }.
export function bubble(message, pane) {
  if (message.service) return h("div", { class: "service", "data-id": message.id }, say(message.service.key, message.service.who) ?? message.service.key);
  const mine = message.from.id === pane.person;
  const body = h("div", { class: "bubble" },
    pane.group && !mine ? h("div", { class: "name", "data-tint": message.from.bot ? 0 : 1 + (message.from.id % TINTS), text: message.from.name }) : null,
    message.topic ? h("div", { class: "topic", text: message.topic }) : null,
    message.forward ? h("div", { class: "forward", text: say("forwarded", message.forward) }) : null,
    message.reply ? quote(message.reply, pane) : null,
    message.media ? media(message) : null,
    words(message, pane),
  );
  const bare = message.media?.kind === "photo" && !message.text;
  const article = h("article", { class: `message ${mine ? "out" : "in"}${bare ? " bare" : ""}${message.media ? ` with-${message.media.kind}` : ""}`, "data-id": message.id, "data-file": message.media?.url, tabindex: "-1" },
    h("div", { class: "line" }, body, replyButton(message, pane)), keyboard(message, pane), reactions(message));
  onLongPress(body, () => pane.reply(message));
  return article;
}

function words(message, pane) {
  const meta = h("span", { class: "meta" }, message.edited ? h("span", { text: say("edited") }) : null, h("time", { datetime: message.date, text: hourOf(message.date) }));
  if (!message.text) return meta;
  return h("div", { class: "words", dir: "auto" }, renderText(message.text, message.entities, pane), meta);
}

function quote(reply, pane) {
  const shown = reply.words || say(KINDS[reply.kind] ?? "photoWord");
  return h("button", { type: "button", class: "quote", onclick: () => pane.jump(reply.id) }, h("b", { text: reply.name }), h("span", { text: shown }));
}

export const gist = (message) => message.text || say(KINDS[message.media?.kind] ?? "photoWord");

function media(message) {
  const item = message.media;
  if (item.kind === "voice") return player(item);
  if (item.kind === "document") {
    return h("a", { class: "document", href: item.url, download: item.name }, h("span", { class: "sheet" }, icon("file")),
      h("span", { class: "about" }, h("b", { text: item.name }), h("small", { text: `${sizeOf(item.size)} · ${say("download")}` })));
  }
  const image = h("img", { src: item.url, alt: message.text || say("photoWord"), width: item.width, height: item.height, loading: "lazy" });
  const frame = h("button", { type: "button", class: "photo", "aria-label": say("openPhoto"), onclick: () => openPhoto(item, message.text, !message.protected) }, image);
  const shape = item.width / item.height;
  frame.style.setProperty("--shape", shape.toFixed(4));
  frame.style.setProperty("--wide", `${Math.max(140, Math.min(item.width, shape * 900))}px`);
  return frame;
}

function keyboard(message, pane) {
  if (!message.rows.length) return null;
  const rows = message.rows.map((row, r) => h("div", { class: "keys" }, row.map((key, c) => inlineKey(message, key, { r, c, pane }))));
  return h("div", { class: "keyboard" }, rows);
}

function inlineKey(message, key, { r, c, pane }) {
  const label = h("span", { text: key.text });
  const kind = key.style ? `key style-${key.style}` : "key";
  if (key.url && SAFE.test(key.url)) {
    return h("a", { class: kind, href: key.url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => {
      if (pane.open(key.url)) event.preventDefault();
    } }, label, icon("out"));
  }
  if (key.copy) return h("button", { type: "button", class: kind, onclick: () => pane.copy(key.copy) }, label, icon("copy"));
  const element = h("button", { type: "button", class: kind, "data-key": `${message.id}:${r}:${c}`, onclick: () => pane.press(message, r, c) }, label);
  if (pane.waiting(message.id, r, c)) element.classList.add("waiting");
  return element;
}

function reactions(message) {
  if (!message.reactions.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((sign) => h("span", { text: sign })));
}

function replyButton(message, pane) {
  const label = say("replyTo", message.from.name);
  return h("button", { type: "button", class: "reply-action", "aria-label": label, title: say("reply"), onclick: () => pane.reply(message) }, icon("reply"));
}

function onLongPress(element, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  element.addEventListener("touchstart", (event) => {
    if (event.target.closest("button, a")) return;
    timer = setTimeout(act, 450);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel"]) element.addEventListener(name, stop, { passive: true });
}
