"""Texts of a journey with letters that no font has: a map shows "…" in their place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cjm.drawing.lettering.drawable_text import find_undrawable_letters
from cjm.journeys.journey import Journey, Segment, Touchpoint
from cjm.journeys.outline import Loc
from cjm.journeys.survey import Option
from cjm.text import LocalizedText

_MOST_LETTERS = 20  # are named; a title in a script that no font has would repeat all of it


@dataclass(frozen=True, slots=True)
class UndrawableText:
    """Text that is drawn with gaps: its place in the file's tables, its path for people, the letters."""

    loc: Loc
    path: str
    letters: str

    @property
    def shown_letters(self) -> str:
        """The letters, or the first of many."""
        return self.letters[:_MOST_LETTERS] + ("…" if len(self.letters) > _MOST_LETTERS else "")

    def __str__(self) -> str:
        return f"{self.path}: no font has the letters {self.shown_letters}; maps will show “…” in their place"


def find_undrawable_texts(journey: Journey) -> list[UndrawableText]:
    """Return the texts that a map shows and cannot draw whole, in the order of the file's tables."""
    found = []
    for loc, path, text in _list_texts(journey):
        for language, words in text.root.items():
            if letters := find_undrawable_letters(words):
                step = (language,) if language else ()
                found.append(UndrawableText((*loc, *step), ".".join((path, *step)), letters))
    return found


def _list_texts(journey: Journey) -> Iterator[tuple[Loc, str, LocalizedText]]:
    """Yield what a map shows of a journey: titles, purpose, goals, and the options that become barriers."""
    yield ("title",), "title", journey.title
    if journey.purpose:
        yield ("purpose",), "purpose", journey.purpose
    yield from _list_titles(("segments",), "segments", journey.segments)
    for i, stage in enumerate(journey.stages):
        loc, path = ("stages", i), f"stages.{stage.key}"
        yield (*loc, "title"), f"{path}.title", stage.title
        if stage.goal:
            yield (*loc, "goal"), f"{path}.goal", stage.goal
        yield from _list_titles((*loc, "touchpoints"), f"{path}.touchpoints", stage.touchpoints)
    for i, survey in enumerate(journey.surveys):
        for j, question in enumerate(survey.questions):
            path = f"surveys.{survey.key}.questions.{question.key}.options"
            yield from _list_titles(("surveys", i, "questions", j, "options"), path, question.options)


def _list_titles(
    loc: Loc, path: str, items: Iterable[Segment | Touchpoint | Option]
) -> Iterator[tuple[Loc, str, LocalizedText]]:
    for i, item in enumerate(items):
        yield (*loc, i, "title"), f"{path}.{item.key}.title", item.title
