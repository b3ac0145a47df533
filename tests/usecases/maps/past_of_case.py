"""Small journey and its invented past: answers of named people, stored by the product's own write path."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from bot.clock import FrozenClock
from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.figures.journey_map import JourneyMap
from cjm.journeys.journey_file import read_journey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
CASE = """
key = "case"
title = "Case"
languages = ["en"]
timezone = "UTC"
scale = "csat"
attributes = [{ key = "class", title = "Class" }]
segments = [{ key = "new", title = "New customers", where = { class = ["new"] } }]
[[stages]]
key = "s"
title = "S"
touchpoints = [{ key = "t", title = "T", channel = "site" }, { key = "u", title = "U", channel = "phone" }]
[[stages]]
key = "z"
title = "Z"
touchpoints = [{ key = "zt", title = "ZT", channel = "site" }]
[[surveys]]
key = "v"
on = { touchpoint = "t" }
[[surveys.questions]]
key = "v_csat"
kind = "csat"
text = "q"
[[surveys.questions]]
key = "v_why"
kind = "choice"
text = "why"
options = [ { key = "a", title = "Rude" }, { key = "b", title = "Dirty" } ]
[[surveys.questions]]
key = "v_words"
kind = "text"
text = "q"
[[personas]]
key = "newcomer"
title = "Nina is new"
where = { class = ["new"] }
[[personas]]
key = "elder"
title = "Olaf is old"
where = { class = ["old"] }
[[personas]]
key = "dreamer"
title = "Ida dreams"
"""


class PastOfCase:
    """Collects answers of named people about the journey of the case, to be stored at once."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, date, int | str, str, str]] = []

    def answer(
        self, names: Sequence[str], day: date, value: int | str, *, point: str = "t", customer_class: str = ""
    ) -> None:
        """Add an answer of each person: a number on the scale, or the key of an option."""
        self.answers += [(name, day, value, point, customer_class) for name in names]


async def tell(db: Database, write: Callable[[PastOfCase], None]) -> None:
    past = PastOfCase()
    write(past)

    def store(tx: Connection) -> None:
        journey = read_journey(CASE, "case.toml")
        journeys.apply(tx, journey, CASE, now=NOON)
        people = customers.ensure_external_ids(tx, list({name for name, *_ in past.answers}), NOON)
        met = cohorts.ensure_cohorts(
            tx, "case", [journey.cohort({"class": each}) for each in {each for *_, each in past.answers}]
        )
        new = []
        for name, day, value, point, customer_class in past.answers:
            stage, touchpoint = journey.touchpoints[point]
            question, kind = ("v_csat", "csat") if isinstance(value, int) else ("v_why", "choice")
            new.append(
                NewAnswer(
                    customer_id=people[name].id,
                    journey="case",
                    version=1,
                    question=question,
                    kind=kind,
                    subject=point,
                    stage=stage.key,
                    day=day,
                    channel=touchpoint.channel,
                    cohort_id=met[canonical_form(journey.cohort({"class": customer_class}))],
                    at=datetime.combine(day, time(12), UTC),
                    value=value if isinstance(value, int) else None,
                    choice=value if isinstance(value, str) else None,
                )
            )
        answers.insert_new_answers(tx, journey, new)

    await db.write(store)


async def read_map(db: Database, **request: Any) -> JourneyMap:
    return await MakeMap(db, FrozenClock(NOON), 5)(MapRequest("case", **request))


def people(n: int, prefix: str = "p") -> list[str]:
    return [f"{prefix}{number}" for number in range(n)]
