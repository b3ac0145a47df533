"""What we know about somebody, for themselves: in their words, not in ours."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import Clock
from bot.conversation.context import raw_of
from bot.db.cases import cases
from bot.db.engine.database import Connection, Database
from bot.db.figures import answers
from bot.db.figures.answers import Answer
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.letters.question import answer_in_words
from bot.texts import Words, words_in
from bot.usecases.people.change_settings import muted_titles
from bot.usecases.people.choose_language import language_of
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours

MOST_VISITS, MOST_ANSWERS, MOST_CASES = 10, 30, 10
ALL = 10_000


@dataclass(frozen=True, slots=True)
class VisitSummary:
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """An answer: what was asked, what was said; ``words`` when it was said in the person's own."""

    title: str
    day: date
    asked: str
    said: str
    words: bool


@dataclass(frozen=True, slots=True)
class CaseSummary:
    number: int
    day: date
    words: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The latest first; the counts are of all there is."""

    person: Customer
    language: str
    quiet: QuietHours | None
    muted: tuple[str, ...]
    visits: tuple[VisitSummary, ...]
    visit_count: int
    answers: tuple[AnswerSummary, ...]
    answer_count: int
    cases: tuple[CaseSummary, ...]
    case_count: int


class TellMyData:
    """``await tell_my_data(who, "pl") -> MyData | None``; None when we know nothing."""

    def __init__(self, db: Database, clock: Clock, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._quiet = db, clock, quiet

    async def __call__(self, who: Address, language: str | None) -> PersonalData | None:
        now = self._clock.now()
        return await self._db.read(lambda tx: self._tell(tx, who, language, now))

    def _tell(self, tx: Connection, who: Address, language: str | None, now: datetime) -> PersonalData | None:
        person = customers.by_address(tx, who)
        if person is None:
            return None
        w = words_in(language_of(tx, person, language))
        been = visits.latest(tx, person.id, ALL)
        given = answers.of_customer(tx, person.id)[::-1]
        filed = cases.of_customer(tx, person.id, ALL)
        return PersonalData(
            person=person,
            language=w.language,
            quiet=self._quiet if person.quiet_hours is None else QuietHours.parse(person.quiet_hours),
            muted=muted_titles(tx, person, now),
            visits=tuple(VisitSummary(_title(tx, v.journey, v.subject, w), v.day) for v in been[:MOST_VISITS]),
            visit_count=len(been),
            answers=tuple(_said(tx, a, w) for a in given[:MOST_ANSWERS]),
            answer_count=len(given),
            cases=tuple(
                CaseSummary(c.number, c.opened_at.date(), _first_words(tx, c.number)) for c in filed[:MOST_CASES]
            ),
            case_count=len(filed),
        )


def _title(tx: Connection, journey: str, subject: str, w: Words) -> str:
    found = journeys.get(tx, journey)
    place = found.place(subject) if found is not None else None
    return (place[1] or place[0]).title.in_(w.language) if place is not None else subject


def _said(tx: Connection, answer: Answer, w: Words) -> AnswerSummary:
    """An answer with its question as it was asked; one whose survey is gone by its bare value."""
    journey = journeys.at_version(tx, answer.journey, answer.version)
    surveys = journey.surveys if journey is not None else ()
    question = next((q for s in surveys for q in s.questions if q.key == answer.question), None)
    raw = raw_of(answer)
    return AnswerSummary(
        title=_title(tx, answer.journey, answer.subject, w),
        day=answer.day,
        asked=question.text.in_(w.language) if question is not None else "",
        said=answer_in_words(question, raw, w.language, w) if question is not None else str(raw),
        words=answer.text is not None,
    )


def _first_words(tx: Connection, number: int) -> str:
    return next((m.said.text for m in cases.messages(tx, number) if m.said.text), "")
