"""Post the weekly digests that have fallen due, for each team at its own weekday, hour and zone.

Invariants:
* A period is claimed in the transaction that posts its letters: two ticks, two processes or a restart send it once.
* A digest that was missed is still sent for 24 hours. After that it is skipped. Only a team's latest period is claimed.
* A team gets no digest of a period that ended before its chat was bound.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.config.settings import TeamSettings
from bot.db.delivery import letters, views
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.figures import digest_runs
from bot.db.journeys import journeys
from bot.db.people import teams
from bot.db.people.teams import Team
from bot.outbox.kinds import LetterName
from bot.outbox.letters.digest import FIRST_PART, REST_PART
from cjm.address import Address

log = logging.getLogger(__name__)
MOST_LATE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A team's period that is not claimed yet; ``at`` is when its digest fell due."""

    team: Team
    period: str
    at: datetime
    is_on_time: bool  # when False, the period is claimed and nothing is sent


class SendDigests:
    """A tick: ``await send_digests()`` returns the number of digests that were posted."""

    def __init__(self, db: Database, clock: Clock, configured: Sequence[TeamSettings]) -> None:
        self._db, self._clock, self._configured = db, clock, configured

    async def __call__(self) -> int:
        now = self._clock.now()
        # Nearly every tick finds nothing, and a read does not wait for the writer.
        if not await self._db.read(lambda tx: find_due_digests(tx, self._configured, now)):
            return 0
        return await self._db.write(lambda tx: post_due_digests(tx, self._configured, now))

    async def next_due_at(self) -> datetime | None:
        """Return when the next digest falls due, for the demo, which can move the time there; None without any."""
        now = self._clock.now()

        def read(tx: Connection) -> datetime | None:
            reachable = (team for team in teams.list_all(tx, self._configured) if team.address is not None)
            times = (t.settings.digest.next_after(now, t.settings.zone) for t in reachable if t.settings.digest)
            return min(times, default=None)

        return await self._db.read(read)


def find_due_digests(tx: Connection, configured: Sequence[TeamSettings], now: datetime) -> list[DueDigest]:
    """Return the latest period of each team with a chat and a digest, when it is not claimed yet."""
    claimed = digest_runs.list_periods(tx)
    due = []
    for team in teams.list_all(tx, configured):
        weekly, zone = team.settings.digest, team.settings.zone
        if weekly is None or team.address is None:
            continue
        period, at = weekly.period_key(now, zone), weekly.latest_before(now, zone)
        if period not in claimed.get(team.key, ()):
            # A chat that only the settings name counts as bound at the first tick, so that a new installation does not
            # begin with a digest of a week in which it was not there.
            since = team.bound_at or (None if team.key in claimed else now)
            due.append(DueDigest(team, period, at, now - at <= MOST_LATE and (since is None or since <= at)))
    return due


def post_due_digests(tx: Connection, configured: Sequence[TeamSettings], now: datetime) -> int:
    """Claim the periods that are due and post their letters; return the number of digests posted."""
    posted = 0
    for due in find_due_digests(tx, configured, now):
        # Another process may have claimed the period since the read.
        if not digest_runs.claim(tx, due.team.key, due.period, now):
            continue
        if due.is_on_time:
            posted += _post_digest(tx, due, now)
        else:
            log.info("digest skipped", extra={"team": due.team.key, "period": due.period})
    return posted


def _post_digest(tx: Connection, due: DueDigest, now: datetime) -> int:
    covered = [key for key in journeys.list_asking_versions(tx) if due.team.covers(key)]
    address = due.team.address
    assert address is not None  # find_due_digests() leaves out teams without a chat
    for journey in covered:
        key = f"digest:{due.team.key}:{due.period}:{journey}"
        view = views.insert_view(tx, ViewKind.DIGEST, address, {"journey": journey, "letter": key}, now)
        parts = [_digest_letter(due, journey, part, key, view, address) for part in (FIRST_PART, REST_PART)]
        letters.post(tx, parts, now)
    return len(covered)


def _digest_letter(due: DueDigest, journey: str, part: str, key: str, view: int, address: Address) -> NewLetter:
    return NewLetter(
        key=key if part == FIRST_PART else f"{key}:{part}",
        to=address,
        kind=LetterName.DIGEST,
        priority=LetterPriority.DIGEST,
        due_at=due.at,
        not_after=due.at + MOST_LATE,
        thread=due.team.thread,
        data={
            "team": due.team.key,
            "journey": journey,
            "language": due.team.settings.language,
            "at": due.at.isoformat(),
            "part": part,
            "first": key,
            "view": view,
        },
    )
