// Formatted text. Offsets are in UTF-16 units, like those of JavaScript strings.

import { h } from "./dom.js";
import { say } from "./words.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
export const SAFE = /^(https?:|tg:|mailto:)/i;

// `actions.open(url)` and `actions.command(text)`: called by links and commands.
export function renderText(text, entities, actions) {
  return span(text, 0, text.length, entities, actions);
}

function span(text, start, end, entities, actions) {
  const parts = [];
  let at = start;
  let afterBlock = false;
  const plain = (until) => {
    let words = text.slice(at, until);
    if (afterBlock && words.startsWith("\n")) words = words.slice(1);
    if (words) parts.push(words);
    afterBlock = false;
  };
  entities.forEach((entity, index) => {
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) return;
    if (from > at) plain(from);
    const inside = entities.slice(index + 1).filter((other) => other.offset < to);
    parts.push(wrap(entity, text.slice(from, to), span(text, from, to, inside, actions), actions));
    afterBlock = BLOCKS.has(entity.type);
    at = to;
  });
  if (at < end) plain(end);
  return parts;
}

function wrap(entity, words, children, actions) {
  const { type } = entity;
  if (Object.hasOwn(TAGS, type)) return h(TAGS[type], {}, children);
  if (type === "pre") return h("pre", { "data-language": entity.language }, h("code", {}, children));
  if (type === "blockquote" || type === "expandable_blockquote") return h("blockquote", {}, children);
  if (type === "spoiler") return spoiler(children);
  if (type === "text_link" || type === "url") return link(entity.url ?? words, children, actions);
  if (type === "email") return link(`mailto:${words}`, children, actions);
  if (type === "bot_command") return h("button", { type: "button", class: "inline-link", onclick: () => actions.command(words) }, children);
  if (type === "mention" || type === "text_mention" || type === "hashtag") return h("span", { class: "mention" }, children);
  return h("span", {}, children);
}

function link(address, children, actions) {
  const url = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (!SAFE.test(url)) return h("span", {}, children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => {
    if (actions.open(url)) event.preventDefault();
  } }, children);
}

function spoiler(children) {
  const hidden = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": say("spoiler") }, h("span", {}, children));
  const show = () => {
    hidden.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) hidden.removeAttribute(name);
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && show());
  return hidden;
}
