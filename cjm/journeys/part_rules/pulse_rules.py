"""Rules about the pulse, a survey that comes by the calendar: what it is about, and how long a question may wait.

Like `cjm.journeys.rules`, they check what could be read and are silent about the rest.
"""

from collections.abc import Iterator
from datetime import timedelta

from cjm.file_model import parse_duration
from cjm.journeys.outline import Loc, OutlineNode
from cjm.journeys.survey import TriggerKind


def find_broken_pulse(survey: OutlineNode, on: OutlineNode) -> Iterator[tuple[Loc, str]]:
    """Yield a broken rule, its path and its sentence, about the trigger ``on`` of a survey."""
    if TriggerKind.PULSE not in on.data:
        if "about" in on.data:
            yield (*on.loc, "about"), 'belongs to every_days, such as { every_days = 90, about = "loyalty" }'
        return
    if "about" not in on.data:
        yield on.loc, 'every_days needs about = "…", the stage or touchpoint that is asked about'
    days, age = on.whole(TriggerKind.PULSE), survey.data.get("greatest_age")
    if days is not None and age is not None and _is_longer(age, days):
        yield (*survey.loc, "greatest_age"), "must not be longer than every_days: one question ends before the next"


def _is_longer(age: object, days: int) -> bool:
    try:
        return parse_duration(age) > timedelta(days=days)
    except ValueError:  # pydantic reports the duration itself
        return False
