"""Route a tap straight to the handlers of its button, instead of asking some forty handlers whether it is theirs.

Invariants:

* Handlers of one verb are asked in the order of their routers, by all of their filters: only those of other verbs are
  left out, and they would refuse.
* Every handler of taps names its verbs by a `CallbackFilter`; one without it would be asked for no tap, so it is an
  error when the dispatcher is made.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiogram import BaseMiddleware, Router, types
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject

from bot.messages.callbacks import Verb, unpack_action
from bot.telegram.callback_filter import CallbackFilter


class TapRouting(BaseMiddleware):
    """Last outer middleware for taps: it takes the place of the propagation through the routers."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self._handlers: defaultdict[Verb, list[HandlerObject]] = defaultdict(list)
        for router in routers:
            for handler in router.callback_query.handlers:
                for verb in _find_verbs(handler):
                    self._handlers[verb].append(handler)

    async def __call__(
        self,
        handler: Callable[[types.TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: types.TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        action = unpack_action(event.data) if isinstance(event, types.CallbackQuery) else None
        for candidate in self._handlers[action.verb] if action is not None else ():
            is_wanted, arguments = await candidate.check(event, **data)
            if is_wanted:
                return await candidate.call(event, **(data | arguments))
        return UNHANDLED


def _find_verbs(handler: HandlerObject) -> frozenset[Verb]:
    filters = [each.callback for each in handler.filters or ()]
    found = [each.verbs for each in filters if isinstance(each, CallbackFilter)]
    if len(found) != 1:
        raise ValueError(f"{handler.callback.__name__} handles taps and names its buttons by no CallbackFilter")
    return found[0]
