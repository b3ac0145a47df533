"""Changes to a journey that are never allowed, because answers already counted would mean something else.

Invariant: what a key is was told by the latest version that had it. So a question that was taken out and comes back
keeps its kind, however many versions lie between; and a file is never refused for what is in force already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.mistake_wording import quote_name


@dataclass(slots=True)
class _KnownKeys:
    """Kinds of questions, and the keys of stages and of touchpoints, each as the latest version with it says."""

    kinds: dict[str, QuestionKind] = field(default_factory=dict)
    stages: set[str] = field(default_factory=set)
    touchpoints: set[str] = field(default_factory=set)

    def add(self, journey: Journey) -> None:
        """Add what an older version says of keys that no newer one had."""
        for question in _list_questions(journey):
            self.kinds.setdefault(question.key, question.kind)
        for stage in journey.stages:
            if stage.key not in self.touchpoints:
                self.stages.add(stage.key)
        for key in _list_touchpoint_keys(journey):
            if key not in self.stages:
                self.touchpoints.add(key)

    def has_all_of(self, journey: Journey) -> bool:
        places = {*(stage.key for stage in journey.stages), *_list_touchpoint_keys(journey)}
        return places <= self.stages | self.touchpoints and all(
            question.key in self.kinds for question in _list_questions(journey)
        )


def find_forbidden_changes(old: Journey, new: Journey, earlier: Iterable[Journey] = ()) -> Iterator[Mistake]:
    """Yield the forbidden changes, each with its key path in the new file and what would be right.

    ``earlier`` are the versions before ``old``, the newest first; they are looked at while ``new`` has a key that no
    later one knows.
    """
    if old.key != new.key:
        yield Mistake(
            "key",
            f"must stay {quote_name(old.key)}: the key of a journey never changes; another key is another journey",
        )
    known = _read_known_keys(old, new, earlier)
    # Rows store a subject's key without saying whether it is a stage's or a touchpoint's.
    for stage in new.stages:
        if stage.key in known.touchpoints:
            yield Mistake(f"stages.{stage.key}.key", "has been a touchpoint's key until now; a stage needs another key")
        for point in stage.touchpoints:
            if point.key in known.stages:
                at = f"stages.{stage.key}.{point.key}.key"
                yield Mistake(at, "has been a stage's key until now; a touchpoint needs another key")
    for survey in new.surveys:
        for question in survey.questions:
            kind = known.kinds.get(question.key, question.kind)
            if kind is not question.kind:
                yield Mistake(
                    f"surveys.{survey.key}.{question.key}.kind",
                    f"must stay {kind}: answers to it are of this kind once there are any; "
                    f"give the {question.kind} question a new key",
                )


def _read_known_keys(old: Journey, new: Journey, earlier: Iterable[Journey]) -> _KnownKeys:
    known = _KnownKeys()
    for journey in chain((old,), earlier):
        known.add(journey)
        if known.has_all_of(new):
            break
    return known


def _list_questions(journey: Journey) -> Iterator[Question]:
    return (question for survey in journey.surveys for question in survey.questions)


def _list_touchpoint_keys(journey: Journey) -> Iterator[str]:
    return (point.key for stage in journey.stages for point in stage.touchpoints)
