"""Notice that quiet hours are kept by another clock: the business told the zone of somebody who had read another one.

Invariants:

* Of each zone a person is told once, and never in their quiet hours by its clock.
* It is dropped if nothing is asked of the person any more, or if they chose a zone meanwhile: then it would be untrue.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import effective_quiet_hours
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.messages.message import Message, plain
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterName, LetterOutcome
from bot.texts import words_in
from cjm.asking.quiet_hours import QuietHours

_HALF_A_YEAR = timedelta(days=182)


def post_zone_notice(tx: Connection, before: Customer, zone: str, language: str, now: datetime) -> None:
    """Tell a person whose quiet hours were kept by another clock until now; ``before`` is who they were then."""
    old = before.known_zone
    if before.address is None or not _is_asked(before) or old is None or _is_same_clock(old, zone, now):
        return
    data = {"zone": zone, "language": language}
    key = f"zone:{before.id}:{zone}"
    letter = NewLetter(key, before.address, LetterName.ZONE_NOTICE, LetterPriority.INVITATION, now, data)
    letters.post(tx, letter, now)


def _is_asked(person: Customer) -> bool:
    return person.consent_at is not None and person.stopped_at is None and person.unreachable_at is None


def _is_same_clock(zone: str, other: str, now: datetime) -> bool:
    """Return whether two zones show the same time, now and in the other half of the year."""
    offsets = [[at.astimezone(ZoneInfo(key)).utcoffset() for at in (now, now + _HALF_A_YEAR)] for key in (zone, other)]
    return offsets[0] == offsets[1]


class ZoneNoticeLetter:
    """Kind of letter. ``data``: ``zone`` and ``language``. ``quiet`` are the hours of people who chose none."""

    name = LetterName.ZONE_NOTICE
    is_repeated = False  # /settings tells the same

    def __init__(self, db: Database, clock: Clock, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._quiet = db, clock, quiet

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        now, zone = self._clock.now(), ZoneInfo(letter.data["zone"])
        person = await self._db.read(lambda tx: customers.find_by_address(tx, letter.to))
        quiet = effective_quiet_hours(person, self._quiet)
        if person is None or not _is_asked(person) or person.timezone != zone.key or person.has_own_zone:
            return LetterDropped("the person's state has changed")
        if quiet is None:
            return LetterDropped("there are no quiet hours")
        local = now.astimezone(zone)
        if quiet.covers(local):
            return LetterHeld(quiet.end_after(local).astimezone(UTC), "quiet_hours")
        words = words_in(letter.data["language"])
        return Message(plain(words("chat.zone.told", city=words.city(zone.key), time=f"{local:%H:%M}")))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: /settings names the zone, too."""
