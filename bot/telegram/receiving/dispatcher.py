"""The order in which an update meets the handlers: the throttle for messages and taps, then router after router."""

from collections.abc import Iterable

from aiogram import BaseMiddleware, Dispatcher, Router


def make_dispatcher(routers: Iterable[Router], throttle: BaseMiddleware) -> Dispatcher:
    """Return a dispatcher over the routers. It keeps no state of conversations: that is in the database."""
    dispatcher = Dispatcher()
    # Outer, so that it comes before the filters: some of them read the database.
    dispatcher.message.outer_middleware(throttle)
    dispatcher.callback_query.outer_middleware(throttle)
    dispatcher.include_routers(*routers)
    return dispatcher


__all__ = ["Dispatcher", "Router", "make_dispatcher"]
