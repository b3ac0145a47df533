"""Parse a stored update as aiogram's types.

Of a message that was tapped only its place is stored (`raw_update`). aiogram has a type of three fields for that, a
message out of reach; checking its place against the hundred fields of a whole message takes longer than all the rest.
"""

import json
from typing import Any

from aiogram import Bot, types


def parse_update(payload: str, bot: Bot) -> types.Update:
    """Return a stored update for its handlers. Raises ValueError for one that cannot be understood."""
    update, context = json.loads(payload), {"bot": bot}
    tap = update.get("callback_query") if isinstance(update, dict) else None
    message = tap.get("message") if isinstance(tap, dict) else None
    if isinstance(tap, dict) and isinstance(message, dict) and not message.get("is_topic_message"):
        # In a topic it is a whole one, which says in which.
        place: dict[str, Any] = {"chat": message.get("chat"), "message_id": message.get("message_id"), "date": 0}
        tap["message"] = types.InaccessibleMessage.model_validate(place, context=context)
    return types.Update.model_validate(update, context=context)
