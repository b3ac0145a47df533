"""Plan the messages of diaries: store each that is due as an invitation that waits, and end diaries that are over.

A tick calls it.

Invariants:

* A number of a message is used once: it is stored in the transaction that plans it, and names its occasion.
* A diary that is over is thanked for once, with a letter that waits for decent hours.
* A journey that has no diary any more, or is anonymous now, ends the diaries that are kept for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import choose_language
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.journeys import JourneyVersion
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from bot.usecases.campaigns.visitless_questions import VisitlessQuestion, plan_questions
from bot.usecases.diary.keep_diary import end_diary, find_due, find_person_clock
from cjm.asking.decision import AskingRules
from cjm.asking.diary_clock import find_next_moment
from cjm.asking.diary_state import DiaryState
from cjm.asking.occasions import diary_occasion
from cjm.asking.quiet_hours import QuietHours

BATCH = 100
_THANKS_WITHIN = timedelta(days=1)


class PlanDiaries:
    """``await plan_diaries() -> number of messages planned``. Two ticks at the same time plan none twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(self) -> int:
        planned = 0
        while True:
            now = self._clock.now()
            due = await self._db.read(lambda tx: diaries.list_due_ids(tx, now, BATCH))  # noqa: B023 - awaited before it changes
            if due:
                planned += await self._db.write(lambda tx: plan_batch(tx, due, self._rules, now))  # noqa: B023 - as above
            if len(due) < BATCH:
                return planned


def plan_batch(tx: Connection, due: Sequence[tuple[int, int]], rules: AskingRules, now: datetime) -> int:
    """Look at diaries by id, each with its volunteer's; return how many messages were planned."""
    customers.lock_by_ids(tx, sorted({customer for _, customer in due}))
    running = diaries.list_running(tx, [diary for diary, _ in due])
    people = customers.list_by_ids(tx, [diary.customer_id for diary in running])
    in_force = journeys.list_asking_versions(tx)
    looked_at = (_look_at(tx, one, people[one.customer_id], in_force, rules.quiet_hours, now) for one in running)
    questions = [question for question in looked_at if question is not None]
    plan_questions(tx, questions, rules, now)
    return len(questions)


def _look_at(
    tx: Connection,
    diary: Diary,
    person: Customer,
    in_force: Mapping[str, JourneyVersion],
    quiet: QuietHours | None,
    now: datetime,
) -> VisitlessQuestion | None:
    """Return the message of a diary that is due, if one is, and store how far the diary has come."""
    version = in_force.get(diary.journey)
    survey = version.journey.diary_survey if version is not None and not version.journey.anonymous else None
    if version is None or survey is None:
        end_diary(tx, person.id, DiaryState.WITHDRAWN, now)
        return None
    assert diary.first_day is not None  # it is running
    zone, quiet_hours = find_person_clock(person, version.journey.timezone, quiet)
    terms = diary.make_terms(diary.first_day)
    moment = find_next_moment(terms, diary.reached, zone, quiet_hours, now)
    is_due = moment is not None and moment.at <= now
    reached = diary.messages if moment is None else moment.number + int(is_due)
    due_at = find_due(replace(diary, reached=reached), zone, quiet_hours, now)
    if due_at is None:
        _finish(tx, diary, person, choose_language(person, version.journey), zone, quiet_hours, now)
        return None
    diaries.save(tx, diary.id, reached=reached, due_at=due_at)
    if moment is None or not is_due:
        return None
    occasion = diary_occasion(diary.id, moment.number)
    return VisitlessQuestion(person.id, version, survey, occasion, diary_id=diary.id)


def _finish(
    tx: Connection,
    diary: Diary,
    person: Customer,
    language: str,
    zone: ZoneInfo,
    quiet_hours: QuietHours | None,
    now: datetime,
) -> None:
    """End a diary that is over, and thank its volunteer outside their quiet hours."""
    diaries.end(tx, diary, DiaryState.FINISHED, now)
    if person.address is None:
        return
    due_at = quiet_hours.end_after(now.astimezone(zone)).astimezone(UTC) if quiet_hours is not None else now
    letter = NewLetter(
        key=f"diary:{diary.id}:thanks",
        to=person.address,
        kind=LetterName.DIARY_THANKS,
        priority=LetterPriority.INVITATION,
        due_at=due_at,
        data={"diary": diary.id, "language": language},
        not_after=due_at + _THANKS_WITHIN,
    )
    letters.post(tx, letter, now)
