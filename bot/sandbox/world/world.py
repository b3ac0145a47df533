"""World of the sandbox: one bot, people, chats, messages, and the updates that wait for the bot.

* No I/O and no waiting. Watchers are told of every change in a chat.
* Times have a time zone. `now` is the owner's clock, so that in a demo messages carry business time.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.sandbox import wire
from bot.sandbox.records import INSIDE, Change, ChangeKind, Chat, ChatKind, Json, Message, Press, Standing, Toast, User
from bot.sandbox.refusals import (
    CHAT_NOT_FOUND,
    QUERY_TOO_OLD,
    bad_request,
    forbidden,
    group_upgraded,
    too_many_requests,
)
from bot.sandbox.world.bell import Bell
from bot.sandbox.world.files import FileStore
from bot.sandbox.world.limits import Limits, SendCounter
from bot.sandbox.world.updates import Updates

REMEMBERED_CALLS = 100_000


@dataclass(frozen=True)
class Call:
    """One call by the bot. `outcome`: "ok", a refusal ("403 Forbidden: …") or the name of a fault."""

    method: str
    chat: int | None
    at: datetime
    monotonic: float
    outcome: str


class World:
    """State of the sandbox, changed by the bot's calls and by people's actions.

    `refused_methods`: calls of methods that the sandbox does not play, by name. `sequence`: number of messages posted,
    edited and deleted so far.
    """

    def __init__(
        self,
        bot: User,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        limits: Limits | None = None,
        first_id: int = 1,
    ) -> None:
        self.bot = bot
        self.now = now
        self.monotonic = monotonic
        self.counter = SendCounter(limits, monotonic)
        self.people: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files = FileStore()
        self.presses: dict[str, Press] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.menus: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.privacy = True
        self.press_lifetime = 60.0
        """Seconds in which a press can be answered."""
        self.right_lifts_age_limit = False
        """True: an administrator with the right to delete may delete old messages of a supergroup, too."""
        self.calls: deque[Call] = deque(maxlen=REMEMBERED_CALLS)
        self.refused_methods: Counter[str] = Counter()
        self.watchers: list[Callable[[Change], None]] = []
        self.bell = Bell()
        self.sequence = 0
        self.updates = Updates(first_id, self.bell.ring)
        self._first_id = first_id
        self._next_id = first_id
        self._next_id_in_supergroup: dict[int, int] = {}

    @property
    def deliver_twice(self) -> bool:
        """True if every update is delivered twice, although the first delivery was acknowledged."""
        return self.updates.twice

    @deliver_twice.setter
    def deliver_twice(self, twice: bool) -> None:
        self.updates.twice = twice

    def add_person(self, person: User) -> Chat:
        """Add a person and return their private chat with the bot, still empty."""
        if person.id in self.people:
            raise ValueError(f"the id {person.id} is taken already")
        self.people[person.id] = person
        chat = Chat(person.id, "private", user=person, bot="member")
        self.chats[person.id] = chat
        self.notify_watchers("chat", chat)
        return chat

    def add_group(self, group_id: int, title: str, creator: User, *, super_: bool = False) -> Chat:
        """Add a group without the bot in it."""
        kind: ChatKind = "supergroup" if super_ else "group"
        chat = Chat(group_id, kind, title=title, members={creator.id: "creator"})
        self.chats[group_id] = chat
        self.notify_watchers("chat", chat)
        return chat

    # Chats that the bot may use

    def reach_chat(self, chat_id: int | str, *, write: bool = True) -> Chat:
        """Return a chat that the bot may use. Raises Telegram's refusal otherwise."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request(CHAT_NOT_FOUND)
        if chat.kind == "private":
            self._check_private_chat(chat, write)
        else:
            self._check_group(chat, write)
        return chat

    def _check_private_chat(self, chat: Chat, write: bool) -> None:
        if not chat.is_known_to_bot:
            raise bad_request(CHAT_NOT_FOUND)
        if write and chat.bot == "kicked":
            raise forbidden("bot was blocked by the user")
        if write and not chat.is_started:
            raise forbidden("bot can't initiate conversation with a user")

    def _check_group(self, chat: Chat, write: bool) -> None:
        if chat.migrated_to is not None and write:
            raise group_upgraded(chat.migrated_to)
        # A kicked bot cannot read a supergroup either; a plain group still answers getChat.
        if chat.bot == "kicked" and (write or chat.kind == "supergroup"):
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if chat.bot == "left":
            if not chat.is_known_to_bot:
                raise bad_request(CHAT_NOT_FOUND)
            raise forbidden(f"bot is not a member of the {chat.kind} chat")

    def count_send(self, chat: Chat, *, edit: bool = False) -> None:
        """Count one send, or raise a 429. An edit in a private chat counts only for the bot as a whole."""
        wait = self.counter.seconds_to_wait(chat.id, counts_for_chat=not (edit and chat.kind == "private"))
        if wait:
            raise too_many_requests(wait)

    # Messages

    def post_message(self, chat: Chat, sender: User, **content: Any) -> Message:
        """Add a message at the end of its chat."""
        message = Message(chat, self._next_message_id(chat), sender, self.now(), **content)
        chat.messages[message.id] = message
        self.mark_changed(message, "message")
        return message

    def mark_changed(self, message: Message, kind: ChangeKind = "edit") -> None:
        self.sequence += 1
        message.last_change = self.sequence
        self.notify_watchers(kind, message.chat, message=message)

    def remove_message(self, message: Message) -> None:
        del message.chat.messages[message.id]
        self.sequence += 1
        self.notify_watchers("delete", message.chat, message=message)

    def _next_message_id(self, chat: Chat) -> int:
        """Return the next number: supergroups count for themselves, all other chats of a bot share one count."""
        if chat.kind == "supergroup":
            number = self._next_id_in_supergroup.get(chat.id, self._first_id)
            self._next_id_in_supergroup[chat.id] = number + 1
            return number
        self._next_id += 1
        return self._next_id - 1

    # Presses

    def find_waiting_press(self, press_id: str) -> Press:
        """Return a press that can still be answered. Raises Refusal when it is unknown, answered or too old."""
        press = self.presses.get(press_id)
        if press is None or press.answer is not None or self.monotonic() - press.pressed_at > self.press_lifetime:
            raise bad_request(QUERY_TOO_OLD)
        return press

    def answer_press(self, press: Press, answer: Json) -> None:
        """Store the answer; a text becomes a notice that the person sees."""
        press.answer = answer
        if answer.get("text"):
            toast = Toast(answer["text"], bool(answer.get("show_alert")))
            self.toasts.setdefault(press.person.id, []).append(toast)
        self.notify_watchers("answer", press.message.chat, press=press)

    # Changes and updates

    def notify_watchers(self, kind: ChangeKind, chat: Chat, **more: Any) -> None:
        """Tell every watcher of a change, and wake those who wait for one."""
        change = Change(kind, chat.id, **more)
        # A copy: a watcher may remove itself.
        for watcher in list(self.watchers):
            watcher(change)
        self.bell.ring()

    def queue_update(self, kind: str, chat: Chat, payload: Json, by: User | None = None) -> None:
        """Queue an update. The chat and the person that it names are known to the bot from then on."""
        chat.is_known_to_bot = True
        if by is not None and by.id in self.chats:
            self.chats[by.id].is_known_to_bot = True
        self.updates.add(kind, chat.id, payload)

    def change_standing(self, chat: Chat, by: User, new: Standing) -> None:
        """Block, add, promote or remove the bot. The bot gets the update in privacy mode, too."""
        old, chat.bot = chat.bot, new
        if old != new:
            payload = wire.standing_change(chat, by, self.bot, old, self.now())
            self.queue_update("my_chat_member", chat, payload, by)
            self.notify_watchers("chat", chat)

    def is_read_by_bot(self, message: Message) -> bool:
        """Return whether the bot gets this message.

        In privacy mode it gets from a group only commands, replies to its own messages, and service messages.
        """
        chat = message.chat
        if chat.bot not in INSIDE:
            return False
        if chat.kind == "private" or not self.privacy or chat.bot == "administrator" or message.service:
            return True
        if message.reply_to is not None and message.reply_to.sender.id == self.bot.id:
            return True
        return self._is_for_bot(message)

    def _is_for_bot(self, message: Message) -> bool:
        first = message.words.split(maxsplit=1)[0] if message.words.strip() else ""
        if not first.startswith("/") or len(first) < 2:
            return False
        name = first.partition("@")[2]
        return not name or name.lower() == (self.bot.username or "").lower()

    def find_menu(self, chat: Chat, person: User) -> list[Json]:
        """Return the commands that this person sees behind "/": the narrowest scope and the person's language win."""
        private = chat.kind == "private"
        admin = chat.members.get(person.id) in {"administrator", "creator"}
        scopes = [f"chat_member:{chat.id}:{person.id}"]
        scopes += [f"chat_administrators:{chat.id}"] if admin else []
        scopes += [f"chat:{chat.id}"]
        scopes += ["all_chat_administrators"] if admin and not private else []
        scopes += ["all_private_chats" if private else "all_group_chats", "default"]
        for scope in scopes:
            # Within a scope the person's language wins over the default.
            for language in (person.language_code or "", ""):
                if commands := self.menus.get((scope, language)):
                    return commands
        return []

    def record_call(self, method: str, chat_id: int | None, outcome: str) -> Call:
        """Remember a call, also a refused one, for tests that count calls; the last REMEMBERED_CALLS are kept."""
        call = Call(method, chat_id, self.now(), self.monotonic(), outcome)
        self.calls.append(call)
        self.bell.ring()
        return call

    def rename_person(self, person: User, **fields: Any) -> User:
        """Change name, username or language of a person; later updates carry the new one. No watcher is told."""
        changed = replace(person, **fields)
        self.people[person.id] = changed
        self.chats[person.id].user = changed
        return changed
