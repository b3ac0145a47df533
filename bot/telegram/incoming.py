"""Messages of people, translated into the product's values: words, photos and voice messages.

Invariants:

* Other kinds (stickers, files, places) have no value here: the handlers refuse them, or take them otherwise.
* A message that is a command, also after an edit, is never the words of a case or an answer: filters and handlers
  check `is_command` first.
* A photo or voice message is never a command, even if its caption looks like one: it would be lost.
"""

from aiogram import types

from bot.telegram.senders import account_names
from bot.usecases.cases.receive_message import IncomingMessage
from cjm.blurring.names import find_own_names
from cjm.cases.case import CaseText, storable_text


def is_command(message: types.Message) -> bool:
    return (message.text or "").startswith("/")


def read_case_text(message: types.Message) -> CaseText | None:
    """Return the words, photo or voice of a message; None for what cannot be passed on and for text without words."""
    words = storable_text(message.text or message.caption)
    own_names = find_own_names(words, account_names(message.from_user))
    if message.photo:
        return CaseText("photo", words, message.photo[-1].file_id, own_names)  # the largest
    if message.voice:
        return CaseText("voice", words, message.voice.file_id, own_names)
    return CaseText("text", words, own_names=own_names) if message.text and words else None


def read_incoming(message: types.Message) -> IncomingMessage | None:
    """Return a message as the use cases of complaints take it; None for what cannot be passed on."""
    # An album arrives as several messages with one id of a media group, which keeps them together.
    text = read_case_text(message)
    if text is None:
        return None
    return IncomingMessage(str(message.message_id), text, replied_message_id(message), message.media_group_id)


def replied_message_id(message: types.Message) -> str | None:
    """Return the id of the message that this one replies to."""
    return str(message.reply_to_message.message_id) if message.reply_to_message else None
