"""Collect what a customer is shown about themselves: titles instead of keys, and the words they were asked with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import Clock
from bot.conversation.context import effective_quiet_hours
from bot.conversation.question_words import word_question
from bot.db.asking import answers, invitation_deadlines
from bot.db.asking.answers import Answer, raw_answer
from bot.db.cases import cases
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, visits
from bot.db.people import attributes, customers
from bot.db.people.customers import Customer
from bot.outbox.letters.steps.answer_lines import answer_text
from bot.texts import Words, words_in
from bot.usecases.people.change_settings import list_muted_titles
from bot.usecases.people.customer_defaults import choose_chat_language
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.cases.case import CaseAuthor
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS

MOST_VISITS, MOST_ANSWERS, MOST_CASES = 10, 30, 10  # listed; the pages have room for little more


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """Visit to a stage or touchpoint, by its title."""

    title: str
    day: date


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """An answer beside its question.

    ``question`` is "" when the survey is gone. ``is_free_text`` tells the person's own words from a label of ours.
    """

    title: str
    day: date
    question: str
    answer: str
    is_free_text: bool


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """Case by its number, and the first text that its customer wrote in it; "" for photos and voices alone."""

    number: int
    day: date
    first_text: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Data that a customer is shown about themselves.

    The lists hold the latest, newest first (answers by day); the counts are of all. ``attributes`` are those told last.
    ``anonymous_count`` is that of anonymous questions. Answers to these are not listed, also while a question is open:
    this message would still show them when nothing else does.
    Withdrawn visits, drafts, invitations and decisions about asking are not among them.
    """

    customer: Customer
    attributes: Mapping[str, Any]
    language: str
    quiet_hours: QuietHours | None
    muted_titles: tuple[str, ...]
    visits: tuple[VisitSummary, ...]
    visit_count: int
    answers: tuple[AnswerSummary, ...]
    answer_count: int
    cases: tuple[CaseSummary, ...]
    case_count: int
    anonymous_count: int = 0
    diaries: tuple[Diary, ...] = ()


class CollectPersonalData:
    """``await collect_personal_data(address, "pl") -> PersonalData | None``; None for an unknown person."""

    def __init__(self, db: Database, clock: Clock, quiet_hours: QuietHours | None) -> None:
        self._db, self._clock, self._quiet_hours = db, clock, quiet_hours

    async def __call__(self, address: Address, phone_language: str | None) -> PersonalData | None:
        now = self._clock.now()
        return await self._db.read(lambda tx: self._collect(tx, address, phone_language, now))

    def _collect(
        self, tx: Connection, address: Address, phone_language: str | None, now: datetime
    ) -> PersonalData | None:
        person = customers.find_by_address(tx, address)
        if person is None:
            return None
        words = words_in(choose_chat_language(tx, person, phone_language))
        person_visits = visits.list_latest(tx, person.id, MOST_VISITS)
        # The latest days first, and within a day the answers in the order in which they were given.
        person_answers = sorted(_join_choices(list_named_answers(tx, person.id)), key=lambda a: a[0].day, reverse=True)
        person_cases = cases.list_by_customer(tx, person.id, MOST_CASES)
        return PersonalData(
            customer=person,
            attributes=attributes.find_latest(tx, person.id),
            language=words.language,
            quiet_hours=effective_quiet_hours(person, self._quiet_hours),
            muted_titles=list_muted_titles(tx, person),
            visits=tuple(VisitSummary(_subject_title(tx, v.journey, v.subject, words), v.day) for v in person_visits),
            visit_count=visits.count_by_customer(tx, person.id),
            answers=tuple(_answer_summary(tx, given, words) for given in person_answers[:MOST_ANSWERS]),
            answer_count=len(person_answers),
            cases=tuple(
                CaseSummary(case.number, case.opened_at.date(), _first_text(tx, case.number)) for case in person_cases
            ),
            case_count=cases.count_by_customer(tx, person.id),
            anonymous_count=invitation_deadlines.count_anonymous(tx, person.id),
            diaries=tuple(diaries.list_by_customer(tx, person.id)),
        )


def list_named_answers(tx: Connection, customer_id: int) -> list[Answer]:
    """Return a person's answers without those to anonymous questions, the oldest first."""
    given, current = answers.list_by_customer(tx, customer_id), journeys.list_current(tx)
    asked = {(a.journey, a.version): journeys.find_version(tx, a.journey, a.version) for a in given}

    def is_anonymous(answer: Answer) -> bool:
        both = current.get(answer.journey), asked[answer.journey, answer.version]
        return any(journey is not None and journey.anonymous for journey in both)

    return [answer for answer in given if not is_anonymous(answer)]


def _subject_title(tx: Connection, journey: str, subject: str, words: Words) -> str:
    """Return the title of a stage or touchpoint, or its key when a newer journey file has removed it."""
    current = journeys.find_current(tx, journey)
    place = current.find_place(subject) if current is not None else None
    return place.part.title.in_language(words.language) if place is not None else subject


def _join_choices(given: Iterable[Answer]) -> list[list[Answer]]:
    """Return the answers in groups: options that were chosen together are one answer."""
    groups: dict[tuple[int | str, str], list[Answer]] = {}
    for answer in given:
        conversation = answer.response_id if answer.response_id is not None else f"import:{answer.id}"
        groups.setdefault((conversation, answer.question), []).append(answer)
    return list(groups.values())


def _answer_summary(tx: Connection, given: Sequence[Answer], words: Words) -> AnswerSummary:
    """Return an answer with its question in the wording of that time; without a survey it is the bare value."""
    answer = given[-1]
    # The version of the answer, not the current one: a wording may have changed since.
    journey = journeys.find_version(tx, answer.journey, answer.version)
    question = journey.find_question(answer.question) if journey is not None else None
    raw = raw_answer(given, question)
    is_diary = answer.question in DIARY_QUESTIONS
    title = words("diaries.data.title") if is_diary else _subject_title(tx, answer.journey, answer.subject, words)
    return AnswerSummary(
        title=title,
        day=answer.day,
        question=word_question(journey, question, words) if journey is not None and question is not None else "",
        answer=answer_text(question, raw, words.language, words) if question is not None else str(raw),
        is_free_text=answer.text is not None,
    )


def _first_text(tx: Connection, number: int) -> str:
    by_customer = (m for m in cases.list_messages(tx, number) if m.author is CaseAuthor.CUSTOMER)
    return next((m.text.text for m in by_customer if m.text.text), "")
