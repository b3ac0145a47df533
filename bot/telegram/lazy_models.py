"""Load aiogram without building its models: each one is built when it is first used.

aiogram has more than 550 models and builds all of them while it is imported, which takes most of that time and half of
its memory. Tropa uses some sixty of them.

Invariants:
* Where aiogram is loaded already, nothing is changed.
* Only aiogram's own classes stay changed: they find the names of their fields when they are built later, as they would
  have found them in the import.
* A model that is built later is the same one: pydantic builds it at its first use, or as a part of another one.
* What every start needs is built by `build_used_models` before anybody waits for it.
"""

import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def load_lazily() -> None:
    """Import aiogram, with pydantic told to build no model yet."""
    if "aiogram" in sys.modules:
        return
    names: dict[str, Any] = {}

    def note_names(cls: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **_: Any) -> None:
        names.update(_types_namespace or {})

    rebuild = vars(BaseModel)["model_rebuild"]
    BaseModel.model_rebuild = classmethod(note_names)  # type: ignore[assignment, method-assign]  # until aiogram is there
    BaseModel.model_config["defer_build"] = True  # models inherit it while their classes are made
    try:
        import aiogram.methods
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]  # as it was
        del BaseModel.model_config["defer_build"]

    def rebuild_with_names(cls: type[BaseModel], /, **options: Any) -> bool | None:
        options["_types_namespace"] = options.get("_types_namespace") or names
        done: bool | None = rebuild.__func__(cls, **options)
        return done

    for model in BaseModel.__subclasses__():
        if model.__module__.partition(".")[0] == aiogram.__name__:
            model.model_rebuild = classmethod(rebuild_with_names)  # type: ignore[assignment, method-assign]  # same calls


def build_used_models() -> None:
    """Build the models of what comes from Telegram, and of the calls that people wait for."""
    from aiogram import methods, types

    used = (
        types.User,
        types.Chat,
        types.Message,
        types.Update,
        methods.AnswerCallbackQuery,
        methods.EditMessageText,
        methods.SendMessage,
        methods.SendPhoto,
    )
    for model in used:
        model.model_rebuild()
