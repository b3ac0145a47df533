"""Who hears an update first: the throttle, then the routers in their order."""

from collections.abc import Iterable

from aiogram import BaseMiddleware, Dispatcher, Router


def make_dispatcher(routers: Iterable[Router], throttle: BaseMiddleware) -> Dispatcher:
    """A dispatcher that keeps no state of conversations: those are in the database."""
    dispatcher = Dispatcher()
    dispatcher.message.outer_middleware(throttle)
    dispatcher.callback_query.outer_middleware(throttle)
    dispatcher.include_routers(*routers)
    return dispatcher


__all__ = ["Dispatcher", "Router", "make_dispatcher"]
