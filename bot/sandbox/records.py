"""Records of the world: users, chats, messages, files, button presses. They hold values and decide nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
ChangeKind = Literal["message", "edit", "delete", "press", "answer", "chat", "action", "menu"]
ChatKind = Literal["private", "group", "supergroup"]
Standing = Literal["left", "kicked", "member", "administrator", "creator"]
MediaKind = Literal["photo", "document", "voice"]

INSIDE: frozenset[Standing] = frozenset({"member", "administrator", "creator"})
ADMINISTRATOR_RIGHTS = frozenset({
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
})  # fmt: skip


@dataclass(frozen=True)
class User:
    """Person or bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    last_name: str | None = None
    is_bot: bool = False


@dataclass(frozen=True)
class StoredFile:
    """Stored file. `id` can be sent again; `unique_id` is the same for every bot."""

    id: str
    unique_id: str
    path: str
    content: bytes = field(repr=False)
    name: str
    mime: str
    duration: int = 0
    """Seconds of a voice message: sent again by its id, it is as long as it was."""


@dataclass(frozen=True)
class Media:
    """Photo, document or voice message; width and height in pixels, duration in seconds."""

    kind: MediaKind
    file: StoredFile
    width: int = 0
    height: int = 0
    duration: int = 0


@dataclass(eq=False)
class Chat:
    """Private chat or group. `bot` is the standing of the bot in it."""

    id: int
    kind: ChatKind
    title: str = ""
    user: User | None = None
    bot: Standing = "left"
    rights: frozenset[str] | None = None
    """Rights that the bot has as an administrator; None: all that Telegram has."""
    is_started: bool = False
    is_known_to_bot: bool = False
    """An update named this chat. Any other is "chat not found" to the bot."""
    members: dict[int, Standing] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    migrated_to: int | None = None
    topics: dict[int, str] = field(default_factory=dict)
    keyboard: Json | None = None
    """Reply keyboard below the composer, as the bot last set it."""

    @property
    def bot_rights(self) -> frozenset[str]:
        """Rights that the bot has in the chat; none unless it is an administrator."""
        if self.bot != "administrator":
            return frozenset()
        return ADMINISTRATOR_RIGHTS if self.rights is None else self.rights


@dataclass(eq=False)
class Message:
    """Message as everybody in its chat sees it now; edits change it in place."""

    chat: Chat = field(repr=False)
    id: int
    sender: User
    date: datetime
    text: str | None = None
    caption: str | None = None
    entities: list[Json] = field(default_factory=list)
    media: Media | None = None
    markup: Json | None = None
    reply_to: Message | None = field(default=None, repr=False)
    quote: Json | None = None
    thread: int | None = None
    album: str | None = None
    """Id that the pictures of one album share."""
    edited_at: datetime | None = None
    service: Json = field(default_factory=dict)
    forward_origin: Json | None = None
    is_protected: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    last_change: int = 0
    """Number of the world's changes when this message last changed: the newer, the larger."""

    @property
    def words(self) -> str:
        """Words of the message: its text, else its caption, else empty."""
        return self.text or self.caption or ""

    @property
    def rows(self) -> list[list[Json]]:
        """Inline buttons under the message, row by row, in the shape of the Bot API."""
        return list((self.markup or {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[str]:
        """Labels of the inline buttons, first to last."""
        return [str(button["text"]) for row in self.rows for button in row]

    @property
    def content(self) -> bytes:
        """Bytes of the photo, document or voice message; empty without one."""
        return self.media.file.content if self.media else b""

    def matches(self, pattern: str | re.Pattern[str]) -> bool:
        return pattern in self.words if isinstance(pattern, str) else bool(pattern.search(self.words))


@dataclass(eq=False)
class Press:
    """Press of a button. It can be answered once, within the world's `press_lifetime` of `pressed_at` (monotonic)."""

    id: str
    person: User
    message: Message
    data: str
    pressed_at: float
    answer: Json | None = None


@dataclass(frozen=True)
class Toast:
    """Answer that a person saw after a press: a short notice, or with `alert` a window to close."""

    text: str
    alert: bool = False


@dataclass(frozen=True)
class Change:
    """Change in a chat, for those who watch it."""

    kind: ChangeKind
    chat: int
    message: Message | None = None
    press: Press | None = None
    action: str = ""
