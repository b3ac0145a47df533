"""Random updates of every kind that Telegram has, made from aiogram's description of them."""

import contextlib
import types
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from aiogram.types import Update
from pydantic import BaseModel, ValidationError

from tests.fuzz.mutation import CANARY, ODD_TEXTS

KINDS = tuple(name for name in Update.model_fields if name != "update_id")
_PLAIN: dict[type, tuple[Any, ...]] = {  # bool is an int, too, so it comes first
    bool: (True, False),
    int: (*range(20), -1, 2**31, 2**53),
    float: (0.0, 52.2, -1e300),
    datetime: (1_795_000_000, 1_795_000_000, 0, 2**33),
    timedelta: (0, 30, 10**6),
}
TRIES = 8
_DEEPEST = 5  # below it, only what an object must have is filled in


class UpdateMaker:
    """Maker of updates about these chats and people."""

    def __init__(self, random: Random, chats: list[int], people: list[int]) -> None:
        self._random, self._chats, self._people = random, chats, people

    def make(self, kind: str, number: int) -> dict[str, Any]:
        """Return the body of an update."""
        return {"update_id": number, kind: self._make(Update.model_fields[kind].annotation, kind, 0)}

    def make_readable(self, kind: str, number: int) -> dict[str, Any]:
        """Return the body of an update that can mostly be parsed."""
        for _ in range(TRIES):
            made = self.make(kind, number)
            with contextlib.suppress(ValidationError):
                Update.model_validate(made)
                break
        return made

    def _make(self, wanted: Any, name: str, depth: int) -> Any:
        origin, inner = get_origin(wanted), get_args(wanted)
        if origin in (Union, types.UnionType):
            return self._make(self._random.choice([each for each in inner if each is not type(None)]), name, depth)
        if origin is Annotated:
            return self._make(inner[0], name, depth)
        if origin is Literal:
            chosen = self._random.choice(inner)
            return chosen.value if isinstance(chosen, Enum) else chosen
        if origin is list:
            return [self._make(inner[0], name, depth + 1) for _ in range(self._random.choice((0, 1, 1, 2)))]
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self._make_object(wanted, depth)
        return self._make_plain(wanted, name)

    def _make_object(self, model: type[BaseModel], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        share = max(0.02, 0.25 - 0.08 * depth)
        for name, field in model.model_fields.items():
            if field.is_required() or (depth < _DEEPEST and self._random.random() < share):
                made[field.alias or name] = self._make(field.annotation, name, depth + 1)
        if model.__name__ == "Chat":
            made["id"] = self._random.choice(self._chats)
            made["type"] = "private" if made["id"] > 0 else "supergroup"
        if model.__name__ == "User":
            made["id"], made["is_bot"] = self._random.choice(self._people), self._random.random() < 0.05
        return made

    def _make_plain(self, wanted: Any, name: str) -> Any:
        random, kind = self._random, wanted if isinstance(wanted, type) else object
        if issubclass(kind, Enum):
            return str(random.choice(list(kind)).value)
        if name == "data":
            return random.choice(("m:1", "x", "", *ODD_TEXTS))[:64]
        for each, values in _PLAIN.items():
            if issubclass(kind, each):
                return random.choice(values)
        return random.choice(("/start", "/map", "/forget", f"words {CANARY}", *ODD_TEXTS))[:4096]
