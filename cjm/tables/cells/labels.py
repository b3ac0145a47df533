"""Labels in cells, compared in any case and white space: a mapping's ``values``, keys and titles of a journey's parts.

Invariants:

* Labels that differ only by case, white space, full width or invisible characters are the same label.
* A key wins over a title. A title of several parts is refused where a cell uses it: nothing is guessed.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from cjm.journeys.journey import CHANNELS, Journey, Stage, Touchpoint
from cjm.journeys.survey import Question
from cjm.tables.cell import CellError

V = TypeVar("V")


def fold_label(text: str) -> str:
    """Return the form in which labels are compared."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


NO_VALUE_WORDS = frozenset(map(fold_label, ("", "NULL", "N/A", "NA", "#N/A", "None", "nan")))
"""Cells that databases and spreadsheets write for "no value". In a column of numbers or dates they mean nothing else;
in a column of words or names they may be what somebody wrote."""


class FoldedLabels(Generic[V]):
    """Values by label."""

    def __init__(self, labels: Mapping[str, V]) -> None:
        self._values = {fold_label(label): value for label, value in labels.items()}

    def find(self, text: str) -> V | None:
        """Return the value of a cell's label, or None."""
        return self._values.get(fold_label(text)) if self._values else None


def find_declared(text: str, declared: Iterable[str]) -> str | None:
    """Return which of the ``declared`` values a cell means; None if it is none of them, or may be several."""
    label = fold_label(text)
    meant = [value for value in declared if fold_label(value) == label]
    return meant[0] if len(meant) == 1 else text if text in meant else None


def list_conflicts(labels: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the pairs of labels that are the same label and have different values."""
    first: dict[str, str] = {}
    pairs = ((first.setdefault(fold_label(label), label), label) for label in labels)
    return [(one, other) for one, other in pairs if labels[one] != labels[other]]


class KeyFinder:
    """Finder of the key of a ``noun`` ("touchpoint") by any of its labels.

    ``layers`` are pairs of label and key; an earlier layer wins over a later one.
    """

    def __init__(self, noun: str, *layers: Iterable[tuple[str, str]]) -> None:
        self._noun = noun
        self._layers: list[dict[str, set[str]]] = []
        for pairs in layers:
            keys_by_label: dict[str, set[str]] = {}
            for label, key in pairs:
                keys_by_label.setdefault(fold_label(label), set()).add(key)
            self._layers.append(keys_by_label)

    def find(self, text: str) -> str:
        """Return the key that a label means. Raises CellError for an unknown one, and for a title of several parts."""
        label = fold_label(text)
        for keys_by_label in self._layers:
            keys = keys_by_label.get(label, ())
            if len(keys) > 1:
                raise CellError(f"is the title of several {self._noun}s; name the right one in values by its key")
            for key in keys:
                return key
        raise CellError(self._describe_unknown())

    def _describe_unknown(self) -> str:
        return f"is not a {self._noun} of the journey"


def _keys(parts: Iterable[Stage | Touchpoint]) -> list[tuple[str, str]]:
    return [(key, part.key) for part in parts for key in (*part.was, part.key)]


def _titles(parts: Iterable[Stage | Touchpoint]) -> list[tuple[str, str]]:
    return [(title, part.key) for part in parts for title in part.title.root.values()]


def _list_touchpoints(journey: Journey) -> list[Touchpoint]:
    return [point for stage in journey.stages for point in stage.touchpoints]


def touchpoint_finder(journey: Journey) -> KeyFinder:
    """Return the finder of touchpoints."""
    points = _list_touchpoints(journey)
    return KeyFinder("touchpoint", _keys(points), _titles(points))


def stage_finder(journey: Journey) -> KeyFinder:
    """Return the finder of stages."""
    return KeyFinder("stage", _keys(journey.stages), _titles(journey.stages))


def place_finder(journey: Journey) -> KeyFinder:
    """Return the finder of touchpoints and stages together; a touchpoint wins over a stage of the same title."""
    points, stages = _list_touchpoints(journey), journey.stages
    # Keys of touchpoints come last among the keys: as in `Journey.find_place`, they win over former keys of stages.
    keys = dict([*_keys(stages), *_keys(points)])
    return KeyFinder("touchpoint", keys.items(), _titles(points), _titles(stages))


def question_finder(journey: Journey) -> KeyFinder:
    """Return the finder of questions, by their keys and their texts."""
    questions = [q for survey in journey.surveys for q in survey.questions]
    texts = ((text, q.key) for q in questions for text in q.text.root.values())
    return KeyFinder("question", ((q.key, q.key) for q in questions), texts)


def option_finder(question: Question) -> KeyFinder:
    """Return the finder of the options of a question."""
    options = question.options
    titles = ((title, o.key) for o in options for title in o.title.root.values())
    return _OptionFinder("option", ((o.key, o.key) for o in options), titles)


class _OptionFinder(KeyFinder):
    def _describe_unknown(self) -> str:
        return "is not an option of the question; name it in values"


class ChannelFinder(KeyFinder):
    """Finder of channels; they have keys only."""

    def __init__(self) -> None:
        super().__init__("channel", ((channel, channel) for channel in CHANNELS))

    def _describe_unknown(self) -> str:
        return f"is not a channel; channels are {', '.join(CHANNELS)}"
