"""Surveys that can be asked by hand, and the people of their journeys whom they can be asked.

Only surveys without a visit can be: "how was the delivery?" would reach people who had none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.campaigns import participants
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.journeys.journeys import JourneyVersion
from bot.usecases.campaigns.visitless_questions import VisitlessQuestion
from cjm.asking.occasions import campaign_occasion
from cjm.asking.pulse import ACTIVE
from cjm.journeys.survey import Survey

EVERYONE = ""


@dataclass(frozen=True, slots=True)
class AskableSurvey:
    """Survey that can be asked by hand, with the version of its journey that is in force."""

    version: JourneyVersion
    survey: Survey

    def has_segment(self, key: str) -> bool:
        """Return whether there are people by this key: everyone, or a segment."""
        return key == EVERYONE or self.version.journey.find_segment(key) is not None

    def make_questions(self, campaign_id: int, people: Sequence[int]) -> list[VisitlessQuestion]:
        """Return the questions to these people; ``campaign_id`` is 0 for one that is only counted."""
        return [
            VisitlessQuestion(person, self.version, self.survey, campaign_occasion(campaign_id, person), campaign_id)
            for person in people
        ]


def list_askable(tx: Connection) -> Iterator[AskableSurvey]:
    """Yield the surveys of all journeys that can be asked by hand; one that is archived asks nothing."""
    for version in journeys.list_asking_versions(tx).values():
        for survey in version.journey.surveys:
            if not survey.on.kind.has_visit:
                yield AskableSurvey(version, survey)


def find_askable(tx: Connection, journey: str, survey: str) -> AskableSurvey | None:
    """Return a survey that can be asked by hand; None if no journey that asks has it."""
    found = (each for each in list_askable(tx) if (each.version.key, each.survey.key) == (journey, survey))
    return next(found, None)


def list_people(tx: Connection, journey: str, now: datetime, after: int, last: int, limit: int) -> list[int]:
    """Return the next customers of a journey by id: those who visited it within `ACTIVE`."""
    return participants.list_visitors(tx, journey, now - ACTIVE, after, last, limit)
