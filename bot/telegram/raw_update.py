"""An update as it came, before anybody has understood it: where it happened, and in a form that can be stored."""

import json
from typing import Any

from bot.db.delivery.inbox import RawUpdate

UpdateJson = dict[str, Any]
MOST = 2**63 - 1  # more, no database keeps


def make_raw_update(update: UpdateJson) -> RawUpdate:
    """Raises ValueError for what is no update at all."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not -MOST <= number <= MOST:
        raise ValueError("an update has an update_id")
    try:
        fit = _clean_strings(update)
        # ASCII, because half a surrogate pair in somebody's text could not be stored otherwise.
        return RawUpdate(number, find_chat_id(fit), json.dumps(fit, ensure_ascii=True, separators=(",", ":")))
    except RecursionError:
        raise ValueError("an update is not lists in lists in lists") from None


def find_chat_id(update: UpdateJson) -> str | None:
    """The id of the chat that an update belongs to, or of the person where there is no chat; None for neither."""
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
    """Without the character that PostgreSQL cannot keep, and with � for half a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _clean_strings(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean_strings(one) for one in value]
    return value
