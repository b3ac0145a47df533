"""Everything there is on the other side of the wire: one bot, people, chats, messages, and what the bot has to be told.

No I/O and no waiting: whoever wants to know of changes watches. Times are aware; `now` is whatever clock the owner
of the world lives by, so in a demo messages carry business time.
"""

from collections import Counter as Tally
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.sandbox import wire
from bot.sandbox.refusals import (
    CHAT_NOT_FOUND,
    QUERY_TOO_OLD,
    Refusal,
    bad_request,
    forbidden,
    too_many_requests,
    upgraded,
)
from bot.sandbox.world.bell import Bell
from bot.sandbox.world.files import Files
from bot.sandbox.world.limits import Counter, Limits
from bot.sandbox.world.records import INSIDE, Change, Chat, ChatKind, Json, Message, Press, Standing, Toast, User
from bot.sandbox.world.updates import Updates

REMEMBERED_CALLS = 100_000


@dataclass(frozen=True)
class Call:
    """One attempt of the bot. `outcome` is "ok", a refusal ("403 Forbidden: …") or the name of a fault."""

    method: str
    chat: int | None
    at: datetime
    monotonic: float
    outcome: str


class World:
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
        self.counter = Counter(limits, monotonic)
        self.people: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.presses: dict[str, Press] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.menus: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.privacy = True
        self.press_lifetime = 60.0
        """Seconds in which a press can be answered."""
        self.calls: deque[Call] = deque(maxlen=REMEMBERED_CALLS)
        self.refused_methods: Tally[str] = Tally()
        self.watchers: list[Callable[[Change], None]] = []
        self.bell = Bell()
        self.sequence = 0
        self.updates = Updates(first_id, self.bell.ring)
        self._first_id = first_id
        self._next_id = first_id
        self._next_in: dict[int, int] = {}

    @property
    def deliver_twice(self) -> bool:
        """Every update is delivered a second time although it was acknowledged."""
        return self.updates.twice

    @deliver_twice.setter
    def deliver_twice(self, twice: bool) -> None:
        self.updates.twice = twice

    def add_person(self, person: User) -> Chat:
        """The person and their still empty private chat with the bot."""
        if person.id in self.people:
            raise ValueError(f"there is somebody with the id {person.id} already")
        self.people[person.id] = person
        place = Chat(person.id, "private", user=person, bot="member")
        self.chats[person.id] = place
        self.tell("chat", place)
        return place

    def add_group(self, group_id: int, title: str, creator: User, *, super_: bool = False) -> Chat:
        kind: ChatKind = "supergroup" if super_ else "group"
        place = Chat(group_id, kind, title=title, members={creator.id: "creator"})
        self.chats[group_id] = place
        self.tell("chat", place)
        return place

    # What the bot may reach

    def reach(self, chat_id: int | str, *, write: bool = True) -> Chat:
        """The chat as the bot may use it. Raises the refusal that Telegram answers instead."""
        place = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if place is None:
            raise bad_request(CHAT_NOT_FOUND)
        if place.kind == "private":
            self._reach_person(place, write)
        else:
            self._reach_group(place, write)
        return place

    def _reach_person(self, place: Chat, write: bool) -> None:
        if not place.met:
            raise bad_request(CHAT_NOT_FOUND)
        if write and place.bot == "kicked":
            raise forbidden("bot was blocked by the user")
        if write and not place.started:
            raise forbidden("bot can't initiate conversation with a user")

    def _reach_group(self, place: Chat, write: bool) -> None:
        if place.migrated_to is not None and write:
            raise upgraded(place.migrated_to)
        if place.bot == "kicked" and (write or place.kind == "supergroup"):
            raise forbidden(f"bot was kicked from the {place.kind} chat")
        if place.bot == "left":
            if not place.met:
                raise bad_request(CHAT_NOT_FOUND)
            raise forbidden(f"bot is not a member of the {place.kind} chat")

    def spend(self, place: Chat, *, edit: bool = False) -> None:
        """Counts one send against the limits, or raises 429. Edits in private chats cost only the bot's budget."""
        wait = self.counter.seconds_to_wait(place.id, counts_for_chat=not (edit and place.id > 0))
        if wait:
            raise too_many_requests(wait)

    # Messages

    def post(self, place: Chat, sender: User, **content: Any) -> Message:
        """A new message, at the bottom of its chat."""
        message = Message(place, self._message_id(place), sender, self.now(), **content)
        place.messages[message.id] = message
        self.touch(message, "message")
        return message

    def touch(self, message: Message, kind: str = "edit") -> None:
        self.sequence += 1
        message.touched = self.sequence
        self.tell(kind, message.chat, message=message)

    def remove(self, message: Message) -> None:
        del message.chat.messages[message.id]
        self.sequence += 1
        self.tell("delete", message.chat, message=message)

    def _message_id(self, place: Chat) -> int:
        """Supergroups number their messages themselves; all other chats of a bot share one row of numbers."""
        if place.kind == "supergroup":
            number = self._next_in.get(place.id, self._first_id)
            self._next_in[place.id] = number + 1
            return number
        self._next_id += 1
        return self._next_id - 1

    # Presses

    def waiting_press(self, press_id: str) -> Press:
        """The press that may still be answered, or the refusal for one that is answered, forgotten or never was."""
        press = self.presses.get(press_id)
        if press is None or press.answer is not None or self.monotonic() - press.since > self.press_lifetime:
            raise bad_request(QUERY_TOO_OLD)
        return press

    def answer(self, press: Press, answer: Json) -> None:
        press.answer = answer
        if answer.get("text"):
            toast = Toast(answer["text"], bool(answer.get("show_alert")))
            self.toasts.setdefault(press.person.id, []).append(toast)
        self.tell("answer", press.message.chat, press=press)

    # News

    def tell(self, kind: Any, place: Chat, **more: Any) -> None:
        change = Change(kind, place.id, **more)
        for watcher in list(self.watchers):
            watcher(change)
        self.bell.ring()

    def tell_bot(self, kind: str, place: Chat, payload: Json, by: User | None = None) -> None:
        """Queues an update. Whoever is named in one is known to the bot from then on."""
        place.met = True
        if by is not None and by.id in self.chats:
            self.chats[by.id].met = True
        self.updates.push(kind, place.id, payload)

    def change_standing(self, place: Chat, by: User, new: Standing) -> None:
        """The bot is blocked, added, promoted, removed: it is told, whatever privacy says."""
        old, place.bot = place.bot, new
        if old != new:
            payload = wire.standing_changed(place, by, self.bot, old, self.now())
            self.tell_bot("my_chat_member", place, payload, by)
            self.tell("chat", place)

    def bot_reads(self, message: Message) -> bool:
        """Privacy mode: in a group the bot gets commands, replies to its own messages and service messages only."""
        place = message.chat
        if place.bot not in INSIDE:
            return False
        if place.kind == "private" or not self.privacy or place.bot == "administrator" or message.service:
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

    def menu_for(self, place: Chat, person: User) -> list[Json]:
        """The commands that this person sees behind "/": the narrowest scope and the person's language win."""
        private = place.kind == "private"
        admin = place.members.get(person.id) in {"administrator", "creator"}
        scopes = [f"chat_member:{place.id}:{person.id}"]
        scopes += [f"chat_administrators:{place.id}"] if admin else []
        scopes += [f"chat:{place.id}"]
        scopes += ["all_chat_administrators"] if admin and not private else []
        scopes += ["all_private_chats" if private else "all_group_chats", "default"]
        for scope in scopes:
            for language in (person.language_code or "", ""):
                if commands := self.menus.get((scope, language)):
                    return commands
        return []

    def record(self, method: str, chat: int | None, outcome: str) -> Call:
        call = Call(method, chat, self.now(), self.monotonic(), outcome)
        self.calls.append(call)
        self.bell.ring()
        return call

    def rename(self, person: User, **fields: Any) -> User:
        """A person changes name, username or language; later updates carry the new one."""
        changed = replace(person, **fields)
        self.people[person.id] = changed
        self.chats[person.id].user = changed
        return changed


__all__ = ["Call", "Refusal", "World"]
