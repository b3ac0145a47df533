"""Changes to a journey that may never be made, because answers already counted would mean something else."""

from collections.abc import Iterator

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.mistake_wording import quote_name


def find_forbidden_changes(old: Journey, new: Journey) -> Iterator[Mistake]:
    """Each with its key path in the new file and what would be right."""
    if old.key != new.key:
        yield Mistake(
            "key", f"the journey's key is {quote_name(old.key)} and never changes; another key is another journey"
        )
    for stage in new.stages:
        if stage.key in {p.key for s in old.stages for p in s.touchpoints}:
            yield Mistake(f"stages.{stage.key}.key", "was a touchpoint's key so far; a stage needs a key of its own")
        for point in stage.touchpoints:
            if point.key in {s.key for s in old.stages}:
                at = f"stages.{stage.key}.{point.key}.key"
                yield Mistake(at, "was a stage's key so far; a touchpoint needs a key of its own")
    kinds = {q.key: q.kind for s in old.surveys for q in s.questions}
    for survey in new.surveys:
        for question in survey.questions:
            kind = kinds.get(question.key, question.kind)
            if kind is not question.kind:
                yield Mistake(
                    f"surveys.{survey.key}.{question.key}.kind",
                    f"this question has been answered as {kind}: its kind never changes; "
                    f"give the {question.kind} question a new key",
                )
