"""Words that tell what a column holds, by language: `words.toml` and `labels.toml`, read once."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cjm.journeys.survey import QuestionKind
from cjm.tables.headers.plain_words import plain_words

_ENDING = re.compile(r"\((?:а|a|ы|y|е|e)\)")  # of the other gender: "zadowolony(a)"
MOST_IN_A_SHORT_NAME = 4  # words: a longer header is a question, in which "name" or "time" may stand for anything


@dataclass(frozen=True, slots=True)
class LabelFamily:
    """Words for the steps of one scale, worst first; ``steps`` hold plain words by language, "any" for signs.

    With ``needs_all`` each step must occur in a column; with ``needs_word`` the header must ask for the scale.
    """

    name: str
    kind: QuestionKind
    steps: tuple[Mapping[str, tuple[str, ...]], ...]
    needs_all: bool = False
    needs_word: bool = False

    def find_step(self, label: str) -> int | None:
        """Return the step of a cell, from 0; None if it is none of the family."""
        plain = _plain_label(label)
        return next((n for n, step in enumerate(self.steps) if any(plain in words for words in step.values())), None)

    def find_language(self, label: str) -> str | None:
        """Return the language of a cell, "any" for a sign; None if it is none of the family."""
        plain = _plain_label(label)
        return next((lang for step in self.steps for lang, words in step.items() if plain in words), None)


def _plain_label(label: str) -> str:
    return plain_words(_ENDING.sub("", label))


@cache
def list_families() -> tuple[LabelFamily, ...]:
    """Return the families in the order in which they are tried."""
    return tuple(
        LabelFamily(
            name=family["name"],
            kind=QuestionKind(family["kind"]),
            steps=tuple({language: tuple(words) for language, words in step.items()} for step in family["steps"]),
            needs_all=family.get("needs_all", False),
            needs_word=family.get("needs_word", False),
        )
        for family in _read_words("labels.toml")["families"]
    )


@cache
def no_answer_words() -> frozenset[str]:
    """Return the plain words of cells that say that there is no answer."""
    return frozenset(map(plain_words, _read_words("labels.toml")["no_answer"]["words"]))


def has_word(names: Collection[str], role: str, group: str = "any") -> bool:
    """Return whether one of a column's plain names has a word of a role: at the beginning of a word, or as a whole."""
    return any(_pattern(role, group).search(name) for name in names)


def has_short_name(names: Collection[str], role: str, group: str = "any") -> bool:
    """Return whether a name of few words has a word of a role."""
    return has_word([name for name in names if name.count(" ") < MOST_IN_A_SHORT_NAME], role, group)


@cache
def _pattern(role: str, group: str) -> re.Pattern[str]:
    words = _read_words("words.toml")[role].get(group, ())
    whole = [re.escape(plain_words(word[1:])) for word in words if word.startswith("=")]
    begun = [re.escape(word) for word in words if not word.startswith("=")]
    return re.compile("|".join([*(rf"^{word}$" for word in whole), *(rf"\b{word}" for word in begun)]) or r"(?!)")


@cache
def _read_words(file: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / file).read_text("utf-8"))
