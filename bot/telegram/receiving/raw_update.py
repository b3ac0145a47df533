"""Updates as they came, before they are parsed: the chat they belong to, and JSON that every database can store.

Invariants:

* Nothing here depends on the kinds of updates that aiogram knows: an update of a future kind is stored like any other.
* Of the message that somebody answers, pins or taps only its place is stored, and the first number in its first line,
  which tells the case of a card (`bot.usecases.cases.answer_case`). It may show the words of a customer in a chat of
  the team, and an update that is set aside would keep them after that customer was forgotten.
"""

import json
import re
from typing import Any

from bot.db.delivery.inbox import RawUpdate

UpdateJson = dict[str, Any]
MOST_ID = 2**63 - 1  # the largest integer that every database stores
# Lists and objects inside of each other; Telegram's own updates have about ten. How many Python takes differs from one
# version to the next and with the caller, so an update that one call could store might not be read by another.
MOST_LEVELS = 100
_OTHER_MESSAGES = ("message", "reply_to_message", "pinned_message")
_QUOTED_PARTS = ("quote", "external_reply")
_PLACE = frozenset({"message_id", "date", "chat", "message_thread_id", "is_topic_message"})
_FIRST_NUMBER = re.compile(r"\A[^\n]*?([0-9]+)")


def make_raw_update(update: UpdateJson) -> RawUpdate:
    """Return the row of an update for the inbox. Raises ValueError for JSON that is no update at all."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not -MOST_ID <= number <= MOST_ID:
        raise ValueError("an update has an update_id")
    fit = _clean_strings({key: _leave_out_quotes(part) for key, part in update.items()}, MOST_LEVELS)
    # ASCII, because keys are not cleaned: half a surrogate pair in one could not be stored otherwise.
    return RawUpdate(number, find_chat_id(fit), json.dumps(fit, ensure_ascii=True, separators=(",", ":")))


def is_tap(payload: str) -> bool:
    """Return whether the stored JSON of an update is a tap on a button."""
    return '"callback_query":' in payload  # a key: quotes that people write are escaped


def find_chat_id(update: UpdateJson) -> str | None:
    """Return the id of the chat that an update belongs to, or of the person where there is no chat; None for neither.

    Updates of one chat are handled in order, so all kinds of one chat must get the same id.
    """
    # The content of an update is its only value that is an object; under which key depends on the kind.
    for about in update.values():
        if not isinstance(about, dict):
            continue
        for place in (about, about.get("message")):
            if isinstance(place, dict) and isinstance(chat := place.get("chat"), dict) and "id" in chat:
                return str(chat["id"])[:64]
        for key in ("from", "user"):
            if isinstance(person := about.get(key), dict) and "id" in person:
                return str(person["id"])[:64]
    return None


def _leave_out_quotes(part: Any) -> Any:
    """Return the content of an update without what other messages say, which no handler needs."""
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key not in _QUOTED_PARTS}
    for key in _OTHER_MESSAGES:
        if isinstance(other := kept.get(key), dict):
            kept[key] = _leave_place(other)
    return kept


def _leave_place(message: UpdateJson) -> UpdateJson:
    kept = {name: value for name, value in message.items() if name in _PLACE}
    sender, words = message.get("from"), message.get("text") or message.get("caption")
    if isinstance(sender, dict) and sender.get("is_bot") is True:
        kept["from"] = sender
    if isinstance(words, str) and (number := _FIRST_NUMBER.match(words)):
        kept["text"] = number[1]
    return kept


def _clean_strings(value: Any, levels: int) -> Any:
    """Remove NUL, which PostgreSQL cannot store, from all values, and put � in place of half a surrogate pair.

    Raises ValueError for more than ``levels`` lists and objects inside of each other.
    """
    if isinstance(value, str):
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise ValueError("an update is not nested so deeply")
    if isinstance(value, dict):
        return {key: _clean_strings(one, levels - 1) for key, one in value.items()}
    return [_clean_strings(one, levels - 1) for one in value]
