"""Views of cases: everything that a card, or the customer's own list of cases, shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db.asking import answers, invitations
from bot.db.asking.answers import Answer, raw_answer
from bot.db.cases import cases, writer_mutes
from bot.db.cases.cases import CaseMessage
from bot.db.cases.writer_mutes import WriterMute
from bot.db.engine.database import Connection
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.people.own_names import list_own_names
from cjm.blurring.journey_blur import JourneyBlur
from cjm.cases.case import Case
from cjm.journeys.journey import Journey, JourneyPlace
from cjm.journeys.survey import Question, QuestionKind
from cjm.raw_answer import RawAnswer

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TappedAnswer:
    """Answer that was tapped at a question of the survey before the case."""

    question: Question
    raw: RawAnswer


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
        _list_tapped_answers(tx, case, journey),
        writer_mutes.find_mute(tx, person.id, case.journey),
        recent,
    )


def blur_words(tx: Connection, view: CaseView) -> CaseView:
    """Return the view as a list shows it: without the personal data in its customer's words."""
    blur = JourneyBlur.of_journey(view.journey)
    called = list_own_names(tx, [view.customer.id]).get(view.customer.id, ())

    def blur_message(message: CaseMessage) -> CaseMessage:
        text = blur.blur(message.text.text, (message.text.own_names or "", *called))
        return replace(message, text=replace(message.text, text=text))

    return replace(view, messages=tuple(map(blur_message, view.messages)))


def list_recent_places(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """Return the places that somebody visited or was asked about most recently, the latest first."""
    asked = invitations.list_earlier(tx, [customer_id], now, RECENT).get(customer_id, [])
    been = [(visit.at, visit.subject) for visit in visits.list_latest(tx, customer_id)]
    met = sorted([*been, *((a.at, a.subject.key) for a in asked)], reverse=True)
    return list(dict.fromkeys(subject for _, subject in met))


def _list_tapped_answers(tx: Connection, case: Case, journey: Journey | None) -> tuple[TappedAnswer, ...]:
    """Return the answers that led to a case; none that are anonymous, as the case names the customer."""
    if case.response_id is None or (journey is not None and journey.anonymous):
        return ()
    return tuple(_match_questions(tx, answers.list_by_response(tx, case.response_id)))


def _match_questions(tx: Connection, given: list[Answer]) -> Iterator[TappedAnswer]:
    for key in dict.fromkeys(answer.question for answer in given):
        chosen = [answer for answer in given if answer.question == key]
        last = chosen[-1]
        journey = journeys.find_version(tx, last.journey, last.version)
        if journey is not None and journey.anonymous:
            continue
        asked = (survey.find_question(key) for survey in journey.surveys) if journey else iter(())
        question = next((q for q in asked if q is not None and q.kind == last.kind), None)
        if question is not None and question.kind is not QuestionKind.TEXT:
            yield TappedAnswer(question, raw_answer(chosen, question))
