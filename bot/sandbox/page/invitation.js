// Content of a chat before it is started: the bot's description, and how to start.

import { h, icon, mark } from "./dom.js";
import { world } from "./wire.js";
import { among, say } from "./words.js";

export function invitation(pane) {
  const chat = pane.chat();
  const begin = (name, more) => () => pane.begin(name, more);
  const { descriptions, name } = world.bot;
  const description = descriptions[chat.language] ?? descriptions[""] ?? among(descriptions);
  const receipt = pane.role === "customer" && world.happenings !== null;
  return h("div", { class: "invitation" }, mark(),
    h("h3", { text: receipt ? say("linkTitle", chat.title) : name }),
    h("p", { text: description || say(receipt ? "linkText" : "managerStart") }),
    receipt ? h("button", { type: "button", class: "primary", onclick: begin("open") }, icon("link"), h("span", { text: say("linkButton") })) : null,
    h("button", { type: "button", class: receipt ? "plain" : "primary", onclick: begin("start", { payload: "" }) }, say(receipt ? "justStart" : "start")));
}
