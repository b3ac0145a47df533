"""Signatures of handlers and filters that all dispatchers of one test process share.

aiogram looks at the signature of each handler and filter when a router is made, and nearly every test of the chats
makes a dispatcher of its own: that took a fifth of their time. aiogram reads the names of the parameters alone, which
are those of the code, whichever function was made of it.
"""

import functools
import inspect
from collections.abc import Callable
from types import CodeType, FunctionType, MethodType, SimpleNamespace
from typing import Any

from aiogram.dispatcher.event import handler


@functools.cache
def remember_signatures() -> None:
    """Let aiogram look at each handler and filter once, however many dispatchers have it."""
    known: dict[tuple[CodeType, bool], inspect.Signature] = {}

    def find_signature(callback: Callable[..., Any], **options: Any) -> inspect.Signature:
        key = _find_code(callback)
        if key is None or options:
            return inspect.signature(callback, **options)
        if key not in known:
            known[key] = inspect.signature(callback)
        return known[key]

    # By this name `CallableObject` finds it, wherever that was imported before.
    vars(handler)["inspect"] = SimpleNamespace(**vars(inspect) | {"signature": find_signature})


def _find_code(callback: Callable[..., Any]) -> tuple[CodeType, bool] | None:
    """Return the code that runs, and whether it is bound to an object, which takes its first parameter."""
    if isinstance(callback, FunctionType):
        return callback.__code__, False
    method = callback if isinstance(callback, MethodType) else type(callback).__call__
    function = getattr(method, "__func__", method)
    return (function.__code__, True) if isinstance(function, FunctionType) else None
