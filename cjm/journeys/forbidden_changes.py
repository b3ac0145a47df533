"""Changes to a journey that are never allowed, because answers already counted would mean something else."""

from collections.abc import Iterator

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.mistake_wording import quote_name


def find_forbidden_changes(old: Journey, new: Journey) -> Iterator[Mistake]:
    """Yield the forbidden changes, each with its key path in the new file and what would be right."""
    if old.key != new.key:
        yield Mistake(
            "key",
            f"must stay {quote_name(old.key)}: the key of a journey never changes; another key is another journey",
        )
    # Rows store a subject's key without saying whether it is a stage's or a touchpoint's.
    for stage in new.stages:
        if stage.key in {p.key for s in old.stages for p in s.touchpoints}:
            yield Mistake(f"stages.{stage.key}.key", "has been a touchpoint's key until now; a stage needs another key")
        for point in stage.touchpoints:
            if point.key in {s.key for s in old.stages}:
                at = f"stages.{stage.key}.{point.key}.key"
                yield Mistake(at, "has been a stage's key until now; a touchpoint needs another key")
    kinds = {q.key: q.kind for s in old.surveys for q in s.questions}
    for survey in new.surveys:
        for question in survey.questions:
            kind = kinds.get(question.key, question.kind)
            if kind is not question.kind:
                yield Mistake(
                    f"surveys.{survey.key}.{question.key}.kind",
                    f"must stay {kind}: answers of this kind are stored under the key; "
                    f"give the {question.kind} question a new key",
                )
