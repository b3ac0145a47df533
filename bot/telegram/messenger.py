"""Telegram as a messenger: the port of `bot.outbox.messenger`, implemented with aiogram.

Invariants:

* An edit that changes nothing and a deletion of what is gone are successes: repeating either does no harm.
* Every failure of a call to Telegram leaves as a DeliveryError.
"""

import io
import re
from typing import Any

from aiogram import Bot, types
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetChatMember,
    GetMe,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendVoice,
    TelegramMethod,
)

from bot.messages.message import Message, Upload
from bot.outbox.messenger import Rejected, SentMessage
from bot.telegram import rendering
from bot.telegram.api_errors import GONE, NO_TEXT, NOT_MODIFIED, translate_errors
from bot.telegram.limits import TELEGRAM_LIMITS
from cjm.address import Address

PING_SECONDS = 10
# Telegram drops a payload with other characters without a word, and the link would open nothing.
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# The ids of supergroups and channels begin with it; links to their messages leave it out.
SUPERGROUP_PREFIX = "-100"
_NO_PREVIEW = types.LinkPreviewOptions(is_disabled=True)


class TelegramMessenger:
    """Implementation of `bot.outbox.messenger.Messenger` and `Files` for one bot."""

    limits = TELEGRAM_LIMITS

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def is_group(self, to: Address) -> bool:
        """Telegram gives groups, supergroups and channels ids below zero."""
        return to.id.startswith("-")

    async def send(self, to: Address, message: Message) -> SentMessage:
        with translate_errors():
            return await self._call(_send_method(to, message))

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        with translate_errors():  # an id may be no number, a button none of ours
            where: dict[str, Any] = {
                "chat_id": int(to.id),
                "message_id": int(message_id),
                "reply_markup": rendering.render_keyboard(message),
            }
        try:
            with translate_errors():
                return await self._call(_edit_method(where, message))
        except Rejected as refusal:
            if NOT_MODIFIED in str(refusal):
                return SentMessage(message_id)
            # The message has a file, such as a picture, and the new one brings none: only the words under it change.
            if NO_TEXT not in str(refusal):
                raise
        return await self._edit_caption(where, message)

    async def _edit_caption(self, where: dict[str, Any], message: Message) -> SentMessage:
        """Change the words under a file that stays: Telegram has another method for them than for a text."""
        try:
            with translate_errors():
                return await self._call(EditMessageCaption(**where, **_caption(message)))
        except Rejected as refusal:
            if NOT_MODIFIED in str(refusal):
                return SentMessage(str(where["message_id"]))
            raise

    async def delete(self, to: Address, message_id: str) -> None:
        try:
            with translate_errors():
                await self._bot(DeleteMessage(chat_id=int(to.id), message_id=int(message_id)))
        except Rejected as refusal:
            if not any(sign in str(refusal).lower() for sign in GONE):
                raise

    def message_link(self, to: Address, message_id: str) -> str | None:
        """Return a link for members of a supergroup. Telegram has none to messages of other chats."""
        inner = to.id.removeprefix(SUPERGROUP_PREFIX)
        return f"https://t.me/c/{inner}/{message_id}" if inner != to.id and inner else None

    async def may_delete(self, to: Address) -> bool:
        """Return whether the bot is an administrator with the right to delete, or talks with one person only.

        Without it Telegram lets a bot delete its own messages for 48 hours. Its documentation lets an administrator
        with the right delete any message of a supergroup, but its servers have been seen to refuse old ones even so.
        """
        if not self.is_group(to):
            return True
        with translate_errors():
            member = await self._bot(GetChatMember(chat_id=int(to.id), user_id=self._bot.id))
        return isinstance(member, types.ChatMemberAdministrator) and member.can_delete_messages

    async def ping(self) -> None:
        # A short limit: the caller waits for it to decide whether Telegram is back.
        with translate_errors():
            await self._bot(GetMe(), request_timeout=PING_SECONDS)

    async def start_link(self, payload: str) -> str:
        if not PAYLOAD.fullmatch(payload):
            raise Rejected("a start payload has 1 to 64 of the characters A-Z, a-z, 0-9, _ and -")
        with translate_errors():
            me = await self._bot.me()
        return f"https://t.me/{me.username}?start={payload}"

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        """Return the bytes of a file. Raises Rejected when it is larger than ``most_bytes``."""
        with translate_errors():
            file = await self._bot.get_file(file_id)
            # Telegram gives no path for files that are too large for bots.
            if (file.file_size or 0) > most_bytes or file.file_path is None:
                raise Rejected("the file is too large")
            into = io.BytesIO()
            await self._bot.download_file(file.file_path, into)
        content = into.getvalue()
        if len(content) > most_bytes:
            raise Rejected("the file is too large")
        return content

    async def _call(self, method: TelegramMethod[Any]) -> SentMessage:
        try:
            return _read_sent_message(await self._bot(method))
        except ClientDecodeError as error:
            # With "ok" the call succeeded; aiogram cannot parse something new in the answer, such as a kind of entity.
            answer = error.data if isinstance(error.data, dict) else {}
            if answer.get("ok") is True and isinstance(answer.get("result"), dict):
                return SentMessage(str(answer["result"]["message_id"]))
            raise


def _send_method(to: Address, message: Message) -> TelegramMethod[types.Message]:
    common: dict[str, Any] = {
        "chat_id": int(to.id),
        "message_thread_id": message.thread,
        "disable_notification": message.silent or None,
        "reply_markup": rendering.render_markup(message),
        "reply_parameters": rendering.render_reply(message),
    }
    upload = message.upload
    if upload is None:
        return SendMessage(**common, **_text(message), link_preview_options=_NO_PREVIEW)
    common |= _caption(message)
    if _is_file(upload):
        # Without detection, or a picture sent as a file would arrive as a picture after all.
        return SendDocument(**common, document=rendering.render_file(upload), disable_content_type_detection=True)
    if upload.kind == "voice":
        return SendVoice(**common, voice=rendering.render_file(upload))
    return SendPhoto(**common, photo=rendering.render_file(upload))


def _edit_method(where: dict[str, Any], message: Message) -> TelegramMethod[types.Message | bool]:
    upload = message.upload
    if upload is None and not len(message.text):  # only the buttons change, under whatever the message shows
        return EditMessageReplyMarkup(**where)
    if upload is None:
        return EditMessageText(**where, **_text(message), link_preview_options=_NO_PREVIEW)
    if upload.kind == "voice":  # Telegram cannot replace a voice message, only the words under it
        return EditMessageCaption(**where, **_caption(message))
    media = types.InputMediaDocument if _is_file(upload) else types.InputMediaPhoto
    return EditMessageMedia(**where, media=media(media=rendering.render_file(upload), **_caption(message)))


def _is_file(upload: Upload) -> bool:
    return upload.kind == "document" or (upload.as_file and upload.kind == "photo")


def _text(message: Message) -> dict[str, Any]:
    text, entities = rendering.render_text(message.text, TELEGRAM_LIMITS.text_units)
    return {"text": text, "entities": entities}


def _caption(message: Message) -> dict[str, Any]:
    caption, entities = rendering.render_text(message.text, TELEGRAM_LIMITS.caption_units)
    return {"caption": caption, "caption_entities": entities}


def _read_sent_message(answer: types.Message | bool) -> SentMessage:
    if not isinstance(answer, types.Message):
        raise RuntimeError("Telegram answered a call that sends a message without the message")
    file = answer.photo[-1] if answer.photo else answer.document or answer.voice
    return SentMessage(str(answer.message_id), file.file_id if file else None)
