"""Thank-you at the end of a diary: the last message of it.

It is held in the volunteer's quiet hours, and dropped if they want nothing of us any more.
"""

from datetime import UTC
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import effective_quiet_hours
from bot.db.delivery.letters import Letter
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.messages.message import Message, plain
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterName, LetterOutcome
from bot.texts import words_in
from cjm.asking.diary_state import DiaryState
from cjm.asking.quiet_hours import QuietHours


class DiaryThanksLetter:
    """Kind of letter. ``data``: ``diary`` (its id), ``language``. ``quiet`` are the hours of people who chose none."""

    name = LetterName.DIARY_THANKS
    is_repeated = False  # one that is lost costs little, and a second one was not promised

    def __init__(self, db: Database, clock: Clock, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._quiet = db, clock, quiet

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        return await self._db.read(lambda tx: self._render(tx, letter))

    def _render(self, tx: Connection, letter: Letter) -> Message | LetterDropped | LetterHeld:
        diary, person = diaries.find_by_id(tx, letter.data["diary"]), customers.find_by_address(tx, letter.to)
        if diary is None or person is None or not _is_to_be_thanked(diary, person):
            return LetterDropped("the person's state has changed")
        quiet = effective_quiet_hours(person, self._quiet)
        local = self._clock.now().astimezone(_find_zone(tx, diary, person))
        if quiet is not None and quiet.covers(local):
            return LetterHeld(quiet.end_after(local).astimezone(UTC), "quiet_hours")
        words, answered = words_in(letter.data["language"]), diaries.count_answered(tx, diary.id)
        return Message(plain(words("diaries.thanks", n=answered) if answered else words("diaries.thanks.none")))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: the diary is over whether its thank-you arrives or not."""


def _is_to_be_thanked(diary: Diary, person: Customer) -> bool:
    return diary.customer_id == person.id and diary.state is DiaryState.FINISHED and person.stopped_at is None


def _find_zone(tx: Connection, diary: Diary, person: Customer) -> ZoneInfo:
    journey = journeys.find_current(tx, diary.journey)
    return ZoneInfo(person.known_zone or (journey.timezone if journey is not None else "UTC"))
