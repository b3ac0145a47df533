"""All that a card, or a customer's look at a case, shows: the read side of a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.asking import invitations
from bot.db.cases import cases
from bot.db.cases.cases import CaseMessage
from bot.db.engine.database import Connection
from bot.db.figures import answers
from bot.db.figures.answers import Answer
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.cases.case import Case
from cjm.journeys.journey import Journey, Stage, Touchpoint
from cjm.journeys.survey import Question

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TappedAnswer:
    """What the customer tapped: a scale's raw value, or an option's key."""

    question: Question
    value: int | str


@dataclass(frozen=True, slots=True)
class CaseView:
    case: Case
    said: tuple[CaseMessage, ...]
    customer: Customer
    journey: Journey | None = None
    marks: tuple[TappedAnswer, ...] = ()
    recent: tuple[str, ...] = ()  # touchpoints and stages where the customer was last

    def place(self, language: str) -> str | None:
        """The touchpoint's, else the stage's title; a key that the journey forgot is shown as it is."""
        found = self._found()
        return (found[1] or found[0]).title.in_(language) if found else self.case.subject

    def stage(self, language: str) -> str | None:
        """The title of the stage a touchpoint belongs to; None when the place is a stage itself."""
        found = self._found()
        return found[0].title.in_(language) if found and found[1] else None

    def _found(self) -> tuple[Stage, Touchpoint | None] | None:
        subject = self.case.subject
        return self.journey.place(subject) if self.journey and subject else None


def view(tx: Connection, number: int, upto: int | None = None) -> CaseView | None:
    """A case with what was said in it; with ``upto`` only until that message."""
    case = cases.get(tx, number)
    person = customers.by_id(tx, case.customer_id) if case else None
    if case is None or person is None:
        return None
    journey = journeys.get(tx, case.journey) if case.journey else None
    recent = tuple(recent_places(tx, person.id, case.opened_at)) if journey and not case.subject else ()
    return CaseView(case, tuple(cases.messages(tx, number, upto)), person, journey, _marks(tx, case), recent)


def recent_places(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """Where somebody was, or was asked about, most recently: the latest first."""
    asked = invitations.asked(tx, [customer_id], now, RECENT).get(customer_id, [])
    been = [(visit.at, visit.subject) for visit in visits.latest(tx, customer_id)]
    met = sorted([*been, *((a.at, a.subject) for a in asked)], reverse=True)
    return list(dict.fromkeys(subject for _, subject in met))


def _marks(tx: Connection, case: Case) -> tuple[TappedAnswer, ...]:
    if case.response_id is None:
        return ()
    return tuple(_read(tx, answers.of_response(tx, case.response_id)))


def _read(tx: Connection, given: list[Answer]) -> Iterator[TappedAnswer]:
    for answer in given:
        journey = journeys.at_version(tx, answer.journey, answer.version)
        asked = (survey.question(answer.question) for survey in journey.surveys) if journey else iter(())
        question = next((q for q in asked if q is not None and q.kind == answer.kind), None)
        value = answer.choice if answer.value is None else answer.value
        if question is not None and value is not None:
            yield TappedAnswer(question, value)
