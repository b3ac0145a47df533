"""Profile of a survey tool: what the columns of its exports mean, apart from the questions.

Names of columns are compared as `plain_words` writes them, so that "ticket_id", "TicketId" and "Ticket ID" are one
name. A "*" in a name stands for any letters.
"""

import tomllib
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from cjm.file_model import FileModel
from cjm.journeys.survey import QuestionKind
from cjm.tables.columns import RowFilter
from cjm.tables.headers.plain_words import plain_words
from cjm.time_zones import TimeZone

Names = tuple[str, ...]
_ANY = "zzany"


class ScoreColumn(FileModel):
    """Column of a score that a tool always calls alike; ``kind_column`` names the column that says what it asks.

    ``texts`` are questions by kind, because the name of the column asks nothing.
    """

    kind: QuestionKind | None = None
    kind_column: str | None = None
    values: dict[str, int] = Field(default_factory=dict)
    not_applicable: Names | None = None
    texts: dict[str, str] = Field(default_factory=dict)


class ToolProfile(FileModel):
    """Shape of a tool's exports.

    ``signs`` are lists of columns: a table with all columns of one list is the tool's; ``first`` are names of its first
    column. ``row``, ``at`` and ``customer`` are names in the order of preference. ``formats`` are tried first for the
    times, ``timezone`` is that of times without one. ``separator`` divides several choices in one cell. ``personal``
    and ``technical`` columns are left out, and so are columns of ``your_own`` data, which may be anything.
    """

    title: str
    signs: tuple[Annotated[Names, Field(min_length=2)], ...] = ()
    first: Names = ()
    header_rows: int = 1
    row: Names = ()
    at: Names = ()
    formats: Names = ()
    timezone: TimeZone | None = None
    customer: Names = ()
    separator: str | None = None
    personal: Names = ()
    technical: Names = ()
    your_own: Names = ()
    leave_out: RowFilter | None = None
    scores: dict[str, ScoreColumn] = Field(default_factory=dict)

    def find_score(self, names: Collection[str]) -> ScoreColumn | None:
        """Return the entry of ``scores`` for a column with these plain names."""
        return next((score for name, score in self.scores.items() if plain_words(name) in names), None)


@cache
def list_tools() -> tuple[str, ...]:
    """Return the names of all tools, as the command line takes them, in alphabetical order."""
    found = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def read_tool(name: str) -> ToolProfile:
    """Return the profile of a tool. Raises KeyError for an unknown name."""
    if name not in list_tools():  # also keeps names such as "../x" from leaving the folder
        raise KeyError(name)
    return ToolProfile.model_validate(tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8")))


def find_tool(header_rows: Sequence[Sequence[str]]) -> str | None:
    """Return the tool whose export has one of these rows as its names; the one with the longest list of signs."""
    found: dict[str, int] = {}
    for row in header_rows:
        names = {plain_words(cell) for cell in row}
        first = plain_words(row[0]) if row else ""
        for tool in list_tools():
            found[tool] = max(found.get(tool, 0), _count_signs(read_tool(tool), names, first))
    best = max(found, key=lambda tool: found[tool], default="")
    return best if found.get(best) else None


def matches_name(names: Collection[str], patterns: Collection[str]) -> bool:
    """Return whether one of a column's plain names is one of the names of a profile."""
    plain = _plain_patterns(tuple(patterns))
    return any(fnmatchcase(name, pattern) for name in names for pattern in plain)


@cache
def _plain_patterns(patterns: Names) -> Names:
    # A word stands for the star meanwhile, so that "Q_*" stays the word "q" and something behind it.
    return tuple(plain_words(pattern.replace("*", _ANY)).replace(_ANY, "*") for pattern in patterns)


def _count_signs(profile: ToolProfile, names: AbstractSet[str], first: str) -> int:
    whole = [len(signs) for signs in profile.signs if names >= set(map(plain_words, signs))]
    return max(whole, default=1 if first in map(plain_words, profile.first) else 0)
