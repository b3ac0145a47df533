// Texts of the page itself, in three languages. The bot's messages come from the bot.

const EN = {
  tagline: "journey maps that customers draw in chat",
  customer: "Customer", manager: "Manager", team: "Team", bot: "bot", language: "Language of this page; the chats keep theirs",
  chooseCustomer: "Who is the customer?", actAs: "Writing as", typing: "typing…", sending: "sending a picture…",
  members: (n) => `${n} ${n === 1 ? "person" : "people"} and the bot`, nobodyYet: "not started yet",
  write: "Message", send: "Send", attach: "Attach", photo: "Photo", file: "File", menu: "Commands",
  record: "Record a voice message", stop: "Send the recording", cancel: "Cancel", recording: "Recording",
  noMicrophone: "There is no microphone here.", sample: "Send a short sample instead",
  reply: "Reply", replyTo: (who) => `Reply to ${who}`, edited: "edited", forwarded: (who) => `Forwarded from ${who}`,
  photoWord: "Photo", documentWord: "File", voiceWord: "Voice message", download: "Download", closeViewer: "Close",
  zoomIn: "Larger", zoomOut: "Smaller", openPhoto: "Open the photo", play: "Play", pause: "Pause", ok: "OK",
  start: "Start", linkTitle: (who) => `${who} has a receipt with a link`,
  linkText: "Customers meet the bot by a personal link: on a receipt, in an e‑mail, behind a QR code.",
  linkButton: "Open the personal link", insist: "Ask anyway", justStart: "or start without a link", more: "More",
  managerStart: "Nothing here yet. Press Start to open the manager's chat.",
  emptyGroup: "The team's chat is still quiet.", block: "Block the bot", unblock: "Unblock the bot",
  blocked: "The bot is blocked. It cannot write here.", newest: "To the newest message", copied: "Copied",
  happens: (who) => `What happens to ${who}`, clockLabel: "Time in the demo", travelling: "Time is passing…",
  hour: "+1 hour", day: "+1 day", week: "+1 week", next: "Skip to what is due next", offline: "The demo has stopped. Waiting for it to come back…",
  spoiler: "Hidden text, press to show", failed: "That did not work.", today: "Today", yesterday: "Yesterday",
  new_chat_members: (who) => `${who} joined`, left_chat_member: (who) => `${who} left`,
  migrate_to_chat_id: () => "The group became a supergroup", migrate_from_chat_id: () => "The group became a supergroup",
  forum_topic_created: (who) => `Topic “${who}” opened`, protectedPhoto: "This message cannot be saved",
  bytes: ["B", "KB", "MB"],
};

const RU = {
  tagline: "карты пути, которые клиенты рисуют сами, в чате",
  customer: "Клиент", manager: "Менеджер", team: "Команда", bot: "бот", language: "Язык страницы; чаты остаются на своём",
  chooseCustomer: "Кто сейчас клиент?", actAs: "Пишет", typing: "печатает…", sending: "отправляет картинку…",
  members: (n) => `${n} ${plural(n, "человек", "человека", "человек")} и бот`, nobodyYet: "ещё не начали",
  write: "Сообщение", send: "Отправить", attach: "Прикрепить", photo: "Фото", file: "Файл", menu: "Команды",
  record: "Записать голосовое", stop: "Отправить запись", cancel: "Отмена", recording: "Запись",
  noMicrophone: "Микрофона здесь нет.", sample: "Отправить короткий пример",
  reply: "Ответить", replyTo: (who) => `Ответ: ${who}`, edited: "изменено", forwarded: (who) => `Переслано от: ${who}`,
  photoWord: "Фото", documentWord: "Файл", voiceWord: "Голосовое сообщение", download: "Скачать", closeViewer: "Закрыть",
  zoomIn: "Крупнее", zoomOut: "Мельче", openPhoto: "Открыть фото", play: "Слушать", pause: "Пауза", ok: "Понятно",
  start: "Начать", linkTitle: (who) => `У клиента чек со ссылкой: ${who}`,
  linkText: "С ботом знакомятся по личной ссылке: она на чеке, в письме или за QR-кодом.",
  linkButton: "Открыть личную ссылку", insist: "Всё равно спросить", justStart: "или начать без ссылки", more: "Ещё",
  managerStart: "Здесь пока пусто. Нажмите «Начать», чтобы открыть чат менеджера.",
  emptyGroup: "В чате команды пока тихо.", block: "Заблокировать бота", unblock: "Разблокировать бота",
  blocked: "Бот заблокирован и не может сюда писать.", newest: "К последним сообщениям", copied: "Скопировано",
  happens: (who) => `Что происходит: ${who}`, clockLabel: "Время в демо", travelling: "Время идёт…",
  hour: "+1 час", day: "+1 день", week: "+1 неделя", next: "К ближайшему сроку", offline: "Демо остановлено. Ждём, когда оно вернётся…",
  spoiler: "Скрытый текст, нажмите, чтобы показать", failed: "Не получилось.", today: "Сегодня", yesterday: "Вчера",
  new_chat_members: (who) => `В группе теперь ${who}`, left_chat_member: (who) => `${who} больше не в группе`,
  migrate_to_chat_id: () => "Группа стала супергруппой", migrate_from_chat_id: () => "Группа стала супергруппой",
  forum_topic_created: (who) => `Открыта тема «${who}»`, protectedPhoto: "Это сообщение нельзя сохранить",
  bytes: ["Б", "КБ", "МБ"],
};

const PL = {
  tagline: "mapy ścieżki, które klienci rysują na czacie",
  customer: "Klient", manager: "Menedżer", team: "Zespół", bot: "bot", language: "Język strony; czaty zostają przy swoim",
  chooseCustomer: "Kto jest teraz klientem?", actAs: "Pisze", typing: "pisze…", sending: "wysyła obraz…",
  members: (n) => `${n} ${n === 1 ? "osoba" : plural(n, "osoba", "osoby", "osób")} i bot`, nobodyYet: "jeszcze nie rozpoczęto",
  write: "Wiadomość", send: "Wyślij", attach: "Załącz", photo: "Zdjęcie", file: "Plik", menu: "Polecenia",
  record: "Nagraj wiadomość głosową", stop: "Wyślij nagranie", cancel: "Anuluj", recording: "Nagrywanie",
  noMicrophone: "Nie ma tu mikrofonu.", sample: "Wyślij krótki przykład",
  reply: "Odpowiedz", replyTo: (who) => `Odpowiedź: ${who}`, edited: "edytowano", forwarded: (who) => `Przekazano od: ${who}`,
  photoWord: "Zdjęcie", documentWord: "Plik", voiceWord: "Wiadomość głosowa", download: "Pobierz", closeViewer: "Zamknij",
  zoomIn: "Powiększ", zoomOut: "Pomniejsz", openPhoto: "Otwórz zdjęcie", play: "Odtwórz", pause: "Pauza", ok: "OK",
  start: "Rozpocznij", linkTitle: (who) => `${who} ma paragon z linkiem`,
  linkText: "Klienci poznają bota przez osobisty link: na paragonie, w e‑mailu albo pod kodem QR.",
  linkButton: "Otwórz osobisty link", insist: "Zapytaj mimo to", justStart: "lub zacznij bez linku", more: "Więcej",
  managerStart: "Jeszcze nic tu nie ma. Naciśnij Rozpocznij, aby otworzyć czat menedżera.",
  emptyGroup: "Na czacie zespołu jest jeszcze cicho.", block: "Zablokuj bota", unblock: "Odblokuj bota",
  blocked: "Bot jest zablokowany i nie może tu pisać.", newest: "Do najnowszych", copied: "Skopiowano",
  happens: (who) => `Co się dzieje: ${who}`, clockLabel: "Czas w demo", travelling: "Czas płynie…",
  hour: "+1 godzina", day: "+1 dzień", week: "+1 tydzień", next: "Do następnego terminu", offline: "Demo zatrzymano. Czekamy, aż wróci…",
  spoiler: "Ukryty tekst, naciśnij, aby pokazać", failed: "Nie udało się.", today: "Dzisiaj", yesterday: "Wczoraj",
  new_chat_members: (who) => `Do grupy dołącza ${who}`, left_chat_member: (who) => `${who} opuszcza grupę`,
  migrate_to_chat_id: () => "Grupa stała się supergrupą", migrate_from_chat_id: () => "Grupa stała się supergrupą",
  forum_topic_created: (who) => `Otwarto temat „${who}”`, protectedPhoto: "Tej wiadomości nie można zapisać",
  bytes: ["B", "KB", "MB"],
};

const TABLES = { en: EN, ru: RU, pl: PL };
export const LANGUAGES = Object.keys(TABLES);
let current = pick();

function plural(n, one, few, many) {
  const form = new Intl.PluralRules(current).select(n);
  return form === "one" ? one : form === "few" ? few : many;
}

function pick() {
  const wished = [inAddress(), remembered(), ...(navigator.languages ?? [])].filter(Boolean).map((tag) => tag.slice(0, 2));
  return wished.find((tag) => tag in TABLES) ?? "en";
}

// Whoever started the page may have chosen a language in its address: ?language=pl.
function inAddress() { return new URLSearchParams(location.search).get("language"); }

function remembered() {
  try { return localStorage.getItem("language"); } catch { return null; }
}

export const language = () => current;

export function setLanguage(tag) {
  current = tag;
  // From now on the choice made here counts, also after a reload.
  if (inAddress()) history.replaceState(null, "", location.pathname);
  try { localStorage.setItem("language", tag); } catch { /* a private window has no storage */ }
}

export function say(key, ...values) {
  const word = TABLES[current][key];
  return typeof word === "function" ? word(...values) : word;
}

// A title in several languages: the current one, else English, else any.
export const among = (titles) => titles?.[current] ?? titles?.en ?? Object.values(titles ?? {})[0] ?? "";

// Times keep the zone that they were sent with; UTC times are shown in the zone of the browser.
function local(iso) {
  if (/(Z|\+00:00)$/.test(iso)) return [new Date(iso), {}];
  return [new Date(iso.slice(0, 19) + "Z"), { timeZone: "UTC" }];
}

function format(iso, options) {
  const [moment, zone] = local(iso);
  return new Intl.DateTimeFormat(current === "en" ? "en-GB" : current, { ...options, ...zone }).format(moment);
}

export const hourOf = (iso) => format(iso, { hour: "2-digit", minute: "2-digit" });
export const dayOf = (iso) => format(iso, { year: "numeric", month: "2-digit", day: "2-digit" });
export const momentOf = (iso) => format(iso, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const longDay = (iso) => format(iso, { weekday: "long", day: "numeric", month: "long" });

export function sizeOf(bytes) {
  const [small, kilo, mega] = say("bytes");
  if (bytes < 1000) return `${bytes} ${small}`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} ${kilo}` : `${(bytes / 1e6).toLocaleString(current, { maximumFractionDigits: 1 })} ${mega}`;
}

export const lengthOf = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
