"""The order in which an update meets the handlers: the throttle for messages and taps, then router after router.

Taps are routed by their button (`tap_routing`).
"""

from collections.abc import Iterable

from aiogram import BaseMiddleware, Dispatcher, Router

from bot.telegram.receiving.tap_routing import TapRouting


def make_dispatcher(routers: Iterable[Router], throttle: BaseMiddleware, *watches: BaseMiddleware) -> Dispatcher:
    """Return a dispatcher over the routers. It keeps no state of conversations: that is in the database.

    ``watches`` see each message and tap that the throttle lets through.
    """
    dispatcher, every_router = Dispatcher(disable_fsm=True), list(routers)
    # Outer, so that it comes before the filters: some of them read the database.
    dispatcher.message.outer_middleware(throttle)
    dispatcher.edited_message.outer_middleware(throttle)
    dispatcher.callback_query.outer_middleware(throttle)
    for watch in watches:
        dispatcher.message.outer_middleware(watch)
        dispatcher.callback_query.outer_middleware(watch)
    dispatcher.callback_query.outer_middleware(TapRouting(every_router))
    dispatcher.include_routers(*every_router)
    return dispatcher


__all__ = ["Dispatcher", "Router", "make_dispatcher"]
