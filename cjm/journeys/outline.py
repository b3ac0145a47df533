"""Outline of a journey file: its tables, lists and texts as far as they have the right types.

The rules between parts check this outline rather than a `Journey`, so that they also find their mistakes in a file
that has others. Values of a wrong type are skipped here: pydantic reports them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, get_args

from cjm.file_model import FileModel, is_key
from cjm.journeys.diary.diary_plan import DiaryPlan
from cjm.journeys.journey import Attribute, Journey, Measure, Persona, Segment, Stage, Touchpoint
from cjm.journeys.survey import Option, Question
from cjm.text import LocalizedText

Loc = tuple[int | str, ...]
MOST_ITEMS = 200  # of a list; a longer list is a mistake of its own, and comparing its items would take too long


@dataclass(frozen=True)
class OutlineNode:
    """Table of the file, and its path. The accessors return None, or an empty list, for a value of another type."""

    loc: Loc
    data: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        return value if isinstance(value, str) else None

    def whole(self, name: str) -> int | None:
        value = self.data.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        value = self.data.get(name)
        # A comparison with nan is False, so nan is refused here together with infinities and too large integers.
        is_usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
        return value if is_usable else None

    def table(self, name: str) -> "OutlineNode | None":
        value = self.data.get(name)
        return OutlineNode((*self.loc, name), value) if isinstance(value, dict) else None

    def tables(self, name: str) -> "list[OutlineNode]":
        value = self.data.get(name)
        items = value[:MOST_ITEMS] if isinstance(value, list) else []
        return [OutlineNode((*self.loc, name, n), item) for n, item in enumerate(items) if isinstance(item, dict)]

    def texts(self, name: str) -> list[tuple[Loc, str]]:
        """Return the texts in a list, each with its path."""
        value = self.data.get(name)
        items = value[:MOST_ITEMS] if isinstance(value, list) else []
        return [((*self.loc, name, n), item) for n, item in enumerate(items) if isinstance(item, str)]

    @property
    def key(self) -> str | None:
        return self.text("key")


@dataclass(frozen=True)
class KnownKeys:
    """Keys that may be referred to.

    ``malformed`` ones are mistakes themselves; ``unreadable`` counts the items without a readable key. With any of
    those, an unknown reference may be a mistake of the item rather than of the reference.
    """

    valid: tuple[str, ...]
    malformed: tuple[str, ...]
    unreadable: int

    @classmethod
    def of(cls, node: OutlineNode, name: str, *, required: bool = False) -> "KnownKeys":
        """Return the keys in a list of tables. A ``required`` list that is missing counts as an unreadable item."""
        keys = [n.key for n in node.tables(name)]
        valid = tuple(k for k in keys if k is not None and is_key(k))
        malformed = tuple(k for k in keys if k is not None and k not in valid)
        items = node.data.get(name, None if required else [])
        count = len(items) if isinstance(items, list) else 1
        return cls(valid, malformed, count - len(valid) - len(malformed))

    def __add__(self, other: "KnownKeys") -> "KnownKeys":
        return KnownKeys(self.valid + other.valid, self.malformed + other.malformed, self.unreadable + other.unreadable)


class Outline:
    """Parts of a whole journey file, each list in the order of the file."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.root = OutlineNode((), data)
        self.stages = self.root.tables("stages")
        self.touchpoints = [p for s in self.stages for p in s.tables("touchpoints")]
        self.surveys = self.root.tables("surveys")
        self.questions = [q for s in self.surveys for q in s.tables("questions")]

    @cached_property
    def nodes(self) -> list[tuple[OutlineNode, type[FileModel]]]:
        """Every table of the file that can hold localized texts, with its model."""
        root = self.root
        return [
            (root, Journey),
            *((n, Attribute) for n in root.tables("attributes")),
            *((n, Segment) for n in root.tables("segments")),
            *((n, Measure) for n in root.tables("measures")),
            *((n, Persona) for n in root.tables("personas")),
            *((n, Stage) for n in self.stages),
            *((n, Touchpoint) for n in self.touchpoints),
            *((n, Question) for n in self.questions),
            *((n, Option) for q in self.questions for n in q.tables("options")),
            *((n, DiaryPlan) for n in [root.table("diary")] if n is not None),
        ]

    @cached_property
    def known_stages(self) -> KnownKeys:
        return KnownKeys.of(self.root, "stages", required=True)

    @cached_property
    def known_touchpoints(self) -> KnownKeys:
        stages = self.root.data.get("stages")
        # A stage that cannot be read may hold the touchpoint that a reference means.
        unread = len(stages) - len(self.stages) if isinstance(stages, list) else 1
        known = (KnownKeys.of(s, "touchpoints", required=True) for s in self.stages)
        return sum(known, KnownKeys((), (), unread))

    @cached_property
    def known_attributes(self) -> KnownKeys:
        return KnownKeys.of(self.root, "attributes")

    @cached_property
    def former(self) -> Mapping[str, str]:
        """Current keys of stages and touchpoints by their former keys."""
        return {old: n.key for n in (*self.stages, *self.touchpoints) if n.key for _, old in n.texts("was")}


@cache
def text_fields(model: type[FileModel]) -> tuple[str, ...]:
    """Return the names of the model's fields that hold a `LocalizedText`."""
    return tuple(name for name, field in model.model_fields.items() if _has_text(field.annotation))


def _has_text(annotation: object) -> bool:
    return annotation is LocalizedText or any(_has_text(part) for part in get_args(annotation))
