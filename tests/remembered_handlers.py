"""What aiogram finds out about handlers and filters, once for all tests of one process.

Each start of Tropa registers a thousand of them, and aiogram looks up the parameters of each. What it finds rests on
code alone, which is the same in each start.
"""

import functools
from types import CodeType, FunctionType

from bot.telegram.lazy_models import load_lazily


@functools.cache
def remember_handlers() -> None:
    """Let the parameters of a handler, or of a kind of filter, be looked up once, however often it is registered."""
    load_lazily()  # before anything imports aiogram
    from aiogram.dispatcher.event.handler import CallableObject
    from aiogram.filters import Filter

    look_up = CallableObject.__post_init__
    known: dict[CodeType | type[Filter], tuple[bool, set[str], bool]] = {}

    def look_up_once(found: CallableObject) -> None:
        source: CodeType | type[Filter] | None = None
        if isinstance(found.callback, Filter):
            source = type(found.callback)
        elif isinstance(found.callback, FunctionType) and not found.callback.__dict__:  # else it may wrap another one
            source = found.callback.__code__
        if source in known:
            found.awaitable, found.params, found.varkw = known[source]
            return
        look_up(found)
        if source is not None:
            known[source] = found.awaitable, found.params, found.varkw

    CallableObject.__post_init__ = look_up_once  # type: ignore[method-assign, assignment]  # same result
