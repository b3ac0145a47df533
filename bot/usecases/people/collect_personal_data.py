"""What we know about somebody, for themselves: in their words, not in ours."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import Clock
from bot.conversation.context import raw_answer
from bot.db.cases import cases
from bot.db.engine.database import Connection, Database
from bot.db.asking import answers
from bot.db.asking.answers import Answer
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.letters.question import answer_text
from bot.texts import Words, words_in
from bot.usecases.people.change_settings import list_muted_titles
from bot.usecases.people.customer_defaults import choose_chat_language
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
    question: str
    answer: str
    is_free_text: bool


@dataclass(frozen=True, slots=True)
class CaseSummary:
    number: int
    day: date
    first_words: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The latest first; the counts are of all there is."""

    customer: Customer
    language: str
    quiet_hours: QuietHours | None
    muted_titles: tuple[str, ...]
    visits: tuple[VisitSummary, ...]
    visit_count: int
    answers: tuple[AnswerSummary, ...]
    answer_count: int
    cases: tuple[CaseSummary, ...]
    case_count: int


class CollectPersonalData:
    """``await tell_my_data(who, "pl") -> MyData | None``; None when we know nothing."""

    def __init__(self, db: Database, clock: Clock, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._quiet = db, clock, quiet

    async def __call__(self, who: Address, language: str | None) -> PersonalData | None:
        now = self._clock.now()
        return await self._db.read(lambda tx: self._collect(tx, who, language, now))

    def _collect(self, tx: Connection, who: Address, language: str | None, now: datetime) -> PersonalData | None:
        person = customers.find_by_address(tx, who)
        if person is None:
            return None
        w = words_in(choose_chat_language(tx, person, language))
        been = visits.list_latest(tx, person.id, ALL)
        given = answers.list_by_customer(tx, person.id)[::-1]
        filed = cases.list_by_customer(tx, person.id, ALL)
        return PersonalData(
            customer=person,
            language=w.language,
            quiet_hours=self._quiet if person.quiet_hours is None else QuietHours.parse(person.quiet_hours),
            muted_titles=list_muted_titles(tx, person, now),
            visits=tuple(VisitSummary(_subject_title(tx, v.journey, v.subject, w), v.day) for v in been[:MOST_VISITS]),
            visit_count=len(been),
            answers=tuple(_answer_summary(tx, a, w) for a in given[:MOST_ANSWERS]),
            answer_count=len(given),
            cases=tuple(
                CaseSummary(c.number, c.opened_at.date(), _first_words(tx, c.number)) for c in filed[:MOST_CASES]
            ),
            case_count=len(filed),
        )


def _subject_title(tx: Connection, journey: str, subject: str, w: Words) -> str:
    found = journeys.find_current(tx, journey)
    place = found.place(subject) if found is not None else None
    return (place[1] or place[0]).title.in_language(w.language) if place is not None else subject


def _answer_summary(tx: Connection, answer: Answer, w: Words) -> AnswerSummary:
    """An answer with its question as it was asked; one whose survey is gone by its bare value."""
    journey = journeys.find_version(tx, answer.journey, answer.version)
    surveys = journey.surveys if journey is not None else ()
    question = next((q for s in surveys for q in s.questions if q.key == answer.question), None)
    raw = raw_answer(answer)
    return AnswerSummary(
        title=_subject_title(tx, answer.journey, answer.subject, w),
        day=answer.day,
        question=question.text.in_language(w.language) if question is not None else "",
        answer=answer_text(question, raw, w.language, w) if question is not None else str(raw),
        is_free_text=answer.text is not None,
    )


def _first_words(tx: Connection, number: int) -> str:
    return next((m.text.text for m in cases.list_messages(tx, number) if m.text.text), "")
