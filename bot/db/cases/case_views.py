"""Views of cases: everything that a card, or the customer's own list of cases, shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.asking import answers, invitations
from bot.db.asking.answers import Answer
from bot.db.cases import cases, writer_mutes
from bot.db.cases.cases import CaseMessage
from bot.db.cases.writer_mutes import WriterMute
from bot.db.engine.database import Connection
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.cases.case import Case
from cjm.journeys.journey import Journey, JourneyPlace
from cjm.journeys.survey import Question

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TappedAnswer:
    """Answer to a question of the survey before the case: a scale's raw value, or an option's key."""

    question: Question
    value: int | str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Case with its messages, its customer, its journey as it is now, and the answers that led to it."""

    case: Case
    messages: tuple[CaseMessage, ...]
    customer: Customer
    journey: Journey | None = None
    tapped_answers: tuple[TappedAnswer, ...] = ()
    mute: WriterMute | None = None  # of the customer, for this journey
    recent_places: tuple[str, ...] = ()  # of the customer; only while the case has a journey, but no place in it

    @property
    def kept_messages(self) -> int:
        """Number of messages that no letter has told the team of."""
        return sum(message.kept for message in self.messages)

    def place_title(self, language: str) -> str | None:
        """Return the title of the touchpoint, else of the stage; a key that the journey lost is shown as it is."""
        found = self._find_place()
        return found.part.title.in_language(language) if found else self.case.subject

    def stage_title(self, language: str) -> str | None:
        """Return the title of the stage that the touchpoint belongs to; None when the place is a stage itself."""
        found = self._find_place()
        return found.stage.title.in_language(language) if found and found.touchpoint else None

    def _find_place(self) -> JourneyPlace | None:
        subject = self.case.subject
        return self.journey.find_place(subject) if self.journey and subject else None


def find_view(tx: Connection, number: int, until_message: int | None = None) -> CaseView | None:
    """Return a case with its messages; with ``until_message``, without later ones. None when it is gone."""
    case = cases.find_by_number(tx, number)
    person = customers.find_by_id(tx, case.customer_id) if case else None
    if case is None or person is None:
        return None
    journey = journeys.find_current(tx, case.journey) if case.journey else None
    recent = tuple(list_recent_places(tx, person.id, case.opened_at)) if journey and not case.subject else ()
    return CaseView(
        case,
        tuple(cases.list_messages(tx, number, until_message)),
        person,
        journey,
        _list_tapped_answers(tx, case),
        writer_mutes.find_mute(tx, person.id, case.journey),
        recent,
    )


def list_recent_places(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """Return the places that somebody visited or was asked about most recently, the latest first."""
    asked = invitations.list_earlier(tx, [customer_id], now, RECENT).get(customer_id, [])
    been = [(visit.at, visit.subject) for visit in visits.list_latest(tx, customer_id)]
    met = sorted([*been, *((a.at, a.subject) for a in asked)], reverse=True)
    return list(dict.fromkeys(subject for _, subject in met))


def _list_tapped_answers(tx: Connection, case: Case) -> tuple[TappedAnswer, ...]:
    if case.response_id is None:
        return ()
    return tuple(_match_questions(tx, answers.list_by_response(tx, case.response_id)))


def _match_questions(tx: Connection, given: list[Answer]) -> Iterator[TappedAnswer]:
    for answer in given:
        journey = journeys.find_version(tx, answer.journey, answer.version)
        asked = (survey.find_question(answer.question) for survey in journey.surveys) if journey else iter(())
        question = next((q for q in asked if q is not None and q.kind == answer.kind), None)
        value = answer.choice if answer.value is None else answer.value
        if question is not None and value is not None:
            yield TappedAnswer(question, value)
