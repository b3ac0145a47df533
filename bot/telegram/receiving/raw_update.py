"""Updates as they came, before they are parsed: the chat they belong to, and JSON that every database can store.

Nothing here depends on the kinds of updates that aiogram knows: an update of a future kind is stored like any other.
"""

import json
from typing import Any

from bot.db.delivery.inbox import RawUpdate

UpdateJson = dict[str, Any]
MOST_ID = 2**63 - 1  # the largest integer that every database stores


def make_raw_update(update: UpdateJson) -> RawUpdate:
    """Return the row of an update for the inbox. Raises ValueError for JSON that is no update at all."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not -MOST_ID <= number <= MOST_ID:
        raise ValueError("an update has an update_id")
    try:
        fit = _clean_strings(update)
        # ASCII, because keys are not cleaned: half a surrogate pair in one could not be stored otherwise.
        return RawUpdate(number, find_chat_id(fit), json.dumps(fit, ensure_ascii=True, separators=(",", ":")))
    except RecursionError:
        raise ValueError("an update is not nested so deeply") from None


def is_tap(payload: str) -> bool:
    """Return whether the stored JSON of an update is a tap on a button."""
    return "callback_query" in json.loads(payload)


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


def _clean_strings(value: Any) -> Any:
    """Remove NUL, which PostgreSQL cannot store, from all values, and put � in place of half a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _clean_strings(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean_strings(one) for one in value]
    return value
