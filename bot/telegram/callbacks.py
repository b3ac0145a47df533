"""Buttons to callback data and back: ``verb:arg:arg``, at most 64 bytes.

Old buttons stay on phones for weeks and anybody can forge one, so unpacking never fails: what is not ours has no
action, and whether the ids in it belong to the one who taps is for each handler to see.
"""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bot.messages.message import Action

MOST_BYTES = 64


def pack(action: Action) -> str:
    """Raises ValueError for what cannot come back as it was: buttons carry ids, not words."""
    parts = (action.verb, *action.args)
    data = ":".join(parts)
    if any(":" in part for part in parts) or not action.verb or len(data.encode()) > MOST_BYTES:
        raise ValueError(f"a button of {action.verb!r} does not fit {MOST_BYTES} bytes without colons")
    return data


def unpack(data: str | None) -> Action | None:
    verb, *args = (data or "").split(":")
    return Action(verb, tuple(args)) if verb else None


class CallbackFilter(Filter):
    """Lets taps on buttons of these verbs through; the handler may take the ``action: Action``."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = frozenset(verbs)

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        action = unpack(query.data)
        return {"action": action} if action is not None and action.verb in self.verbs else False
