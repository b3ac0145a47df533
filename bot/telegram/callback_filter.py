"""Filter taps by verb. `bot.messages.callbacks` lists the verbs."""

from typing import Any

from aiogram import types
from aiogram.filters import Filter

from bot.messages.callbacks import Verb, unpack_action


class CallbackFilter(Filter):
    """Let taps on buttons of these verbs through; the handler may take the ``action: Action``."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = frozenset(verbs)

    async def __call__(self, query: types.CallbackQuery) -> bool | dict[str, Any]:
        action = unpack_action(query.data)
        return {"action": action} if action is not None and action.verb in self.verbs else False
