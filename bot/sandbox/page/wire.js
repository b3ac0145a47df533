// State of the page and its stream of changes. The server sends everything once, then each change.

export const world = { bot: null, cast: null, chats: new Map(), happenings: null, clock: null, notice: "" };

const listeners = new Map();

export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

function tell(kind, body) {
  for (const listener of listeners.get(kind) ?? []) listener(body);
}

function begin(state) {
  world.bot = state.bot;
  world.cast = state.cast;
  world.happenings = state.happenings;
  world.clock = state.clock;
  world.notice = state.notice;
  world.chats = new Map(state.chats.map((chat) => [chat.id, { ...chat, messages: new Map(chat.messages.map((m) => [m.id, m])) }]));
  tell("state", state);
}

function merge(chat) {
  const known = world.chats.get(chat.id);
  if (known) Object.assign(known, chat);
  return known;
}

const HANDLERS = {
  state: begin,
  message({ message, chat }) {
    merge(chat)?.messages.set(message.id, message);
    tell("message", message);
  },
  edit({ message, chat }) {
    merge(chat)?.messages.set(message.id, message);
    tell("edit", message);
  },
  delete({ chat, id }) {
    world.chats.get(chat)?.messages.delete(id);
    tell("delete", { chat, id });
  },
  answer: (body) => tell("answer", body),
  press: (body) => tell("press", body),
  menu: ({ chat }) => tell("menu", merge(chat)),
  action: ({ chat, action }) => tell("action", { chat: chat.id, action }),
  clock({ clock }) {
    world.clock = clock;
    tell("clock", clock);
  },
};

export function listen() {
  const stream = new EventSource("/page/api/stream");
  for (const [kind, handle] of Object.entries(HANDLERS)) {
    stream.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  }
  stream.onopen = () => tell("line", true);
  stream.onerror = () => tell("line", false);
  window.addEventListener("pagehide", () => stream.close());
  return stream;
}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.error) throw new Error(body.error ?? "");
  return body;
}

export async function act(name, body) {
  const headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(`/page/api/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function upload(fields, file, name) {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) if (value !== null && value !== undefined) form.append(key, String(value));
  form.append("file", file, name);
  return answerOf(await fetch("/page/api/upload", { method: "POST", body: form }));
}
