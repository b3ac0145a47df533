"""JSON for the page: chats as their people see them. Everything that people typed is sent as plain text."""

from bot.sandbox.backstage import Backstage, Cast
from bot.sandbox.records import INSIDE, Chat, Json, Media, Message, User
from bot.sandbox.world.world import World

HISTORY = 300
"""Messages of a chat that the page gets at first."""


def full_name(person: User) -> str:
    return f"{person.first_name} {person.last_name or ''}".strip()


class Panes:
    """Chats on the page, as JSON. `cast` may be None: then everybody is shown."""

    def __init__(self, world: World, backstage: Backstage | None, cast: Cast | None) -> None:
        self.world = world
        self.backstage = backstage
        self._cast = cast

    @property
    def cast(self) -> Json:
        """People on the page. Without a cast: everybody as customers, and the first group."""
        if self._cast is not None:
            group = self.world.chats.get(self._cast.group)
            # After an upgrade the page goes on with the supergroup.
            where = (group.migrated_to or group.id) if group else None
            return {"people": self._cast.people, "manager": self._cast.manager, "group": where}
        groups = [chat.id for chat in self.world.chats.values() if chat.kind != "private" and not chat.migrated_to]
        return {"people": list(self.world.people), "manager": None, "group": next(iter(groups), None)}

    def visible_chats(self) -> set[int]:
        cast = self.cast
        return {*cast["people"], *(each for each in (cast["manager"], cast["group"]) if each is not None)}

    def page_state(self) -> Json:
        """Return everything that a page needs to start."""
        chats = [self.world.chats[number] for number in sorted(self.visible_chats()) if number in self.world.chats]
        bot = self.world.bot
        return {
            "bot": {"id": bot.id, "name": bot.first_name, "username": bot.username, **self._descriptions()},
            "cast": self.cast,
            "chats": [self.chat_json(chat) | {"messages": self._history_json(chat)} for chat in chats],
            "happenings": self._happenings(),
            "clock": self.clock_text(),
        }

    def _descriptions(self) -> Json:
        texts = {
            language: text for (field, language), text in self.world.descriptions.items() if field == "description"
        }
        return {"descriptions": texts}

    def _happenings(self) -> list[Json] | None:
        if self.backstage is None:
            return None
        return [
            {"key": each.key, "title": each.title, "group": each.group} for each in self.backstage.list_happenings()
        ]

    def clock_text(self) -> str | None:
        return self.backstage.now().isoformat() if self.backstage is not None else None

    def chat_json(self, chat: Chat) -> Json:
        """Return a chat without its messages. `menus` holds the menu that each member sees."""
        people = (
            [chat.user]
            if chat.user
            else [
                self.world.people[number]
                for number, standing in chat.members.items()
                if standing in INSIDE and number in self.world.people
            ]
        )
        return {
            "id": chat.id,
            "kind": chat.kind,
            "title": full_name(chat.user) if chat.user else chat.title,
            "username": chat.user.username if chat.user else None,
            "language": chat.user.language_code if chat.user else None,
            "started": chat.is_started,
            "linked": self.backstage is None or chat.user is None or self.backstage.is_linked(chat.id),
            "blocked": chat.kind == "private" and chat.bot == "kicked",
            # The page uses camelCase names, as JavaScript does.
            "hasBot": chat.bot in INSIDE,
            "members": [{"id": person.id, "name": full_name(person)} for person in people],
            "menus": {str(person.id): self.world.find_menu(chat, person) for person in people},
            "keyboard": chat.keyboard,
        }

    def _history_json(self, chat: Chat) -> list[Json]:
        return [self.message_json(message) for message in list(chat.messages.values())[-HISTORY:]]

    def message_json(self, message: Message) -> Json:
        """Return a message with everything that the page needs to draw it."""
        origin = message.forward_origin
        return {
            "id": message.id,
            "chat": message.chat.id,
            "from": {"id": message.sender.id, "name": full_name(message.sender), "bot": message.sender.is_bot},
            "date": message.date.isoformat(),
            "text": message.words,
            "entities": message.entities,
            "media": self._media_json(message.media) if message.media else None,
            "rows": [[_button_json(button) for button in row] for row in message.rows],
            "reply": self._reply_json(message),
            "edited": message.edited_at is not None,
            "service": self._service_json(message),
            "forward": origin["sender_user"]["first_name"] if origin else None,
            "topic": message.chat.topics.get(message.thread or 0) or None,
            "reactions": [each["emoji"] for reactions in message.reactions.values() for each in reactions],
            "protected": message.is_protected,
        }

    def _media_json(self, media: Media) -> Json:
        return {
            "kind": media.kind,
            "url": f"/page/files/{media.file.unique_id}",
            "name": media.file.name,
            "mime": media.file.mime,
            "size": len(media.file.content),
            "width": media.width,
            "height": media.height,
            "duration": media.duration,
        }

    def _reply_json(self, message: Message) -> Json | None:
        answered = message.reply_to
        if answered is None:
            return None
        words = (message.quote or {}).get("text") or answered.words
        kind = answered.media.kind if answered.media else None
        return {"id": answered.id, "name": full_name(answered.sender), "words": words[:200], "kind": kind}

    def _service_json(self, message: Message) -> Json | None:
        """Return a service message as a key and a name; the page has the sentence, in its own language."""
        if not message.service:
            return None
        key, value = next(iter(message.service.items()))
        if isinstance(value, list):
            name = ", ".join(str(each["first_name"]) for each in value)
        elif isinstance(value, dict):
            name = str(value.get("first_name") or value.get("name") or "")
        else:
            name = ""
        return {"key": key, "who": name}


def _button_json(button: Json) -> Json:
    """Return a button without its data: the page presses by row and column."""
    shape = {"text": button["text"], "style": button.get("style")}
    if "url" in button:
        return shape | {"url": button["url"]}
    return shape | ({"copy": button["copy_text"]["text"]} if "copy_text" in button else {})
