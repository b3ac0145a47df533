"""The weekly digest falls due: per team at its weekday, hour and zone, once a period whatever happens.

A period is claimed in the transaction that posts its letters, so two ticks, two processes and restarts send it once.
One that was missed is still sent for a day; after that, and where the chat was bound later, it is claimed and skipped.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.config.settings import TeamSettings
from bot.db.delivery import letters, views
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.figures import digest_runs
from bot.db.journeys import journeys
from bot.db.people import teams
from bot.db.people.teams import Team
from cjm.address import Address

log = logging.getLogger(__name__)
MOST_LATE = timedelta(hours=24)
DIGEST_VIEW = "digest"
FIRST, REST = "first", "rest"


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A team's period that nobody has dealt with; ``at`` is the moment it fell due."""

    team: Team
    period: str
    at: datetime
    is_on_time: bool  # False: claim it and send nothing


class SendDigests:
    """A tick: ``await send_digests() -> how many digests are on their way now``."""

    def __init__(self, db: Database, clock: Clock, configured: Sequence[TeamSettings]) -> None:
        self._db, self._clock, self._configured = db, clock, configured

    async def __call__(self) -> int:
        now = self._clock.now()
        if not await self._db.read(lambda tx: find_due_digests(tx, self._configured, now)):
            return 0
        return await self._db.write(lambda tx: post_due_digests(tx, self._configured, now))

    async def next_due_at(self) -> datetime | None:
        """When the next digest falls due, for whoever moves time."""
        now = self._clock.now()

        def read(tx: Connection) -> datetime | None:
            found = (t for t in teams.list_all(tx, self._configured) if t.address is not None)
            moments = (t.settings.digest.next_after(now, t.settings.zone) for t in found if t.settings.digest)
            return min(moments, default=None)

        return await self._db.read(read)


def find_due_digests(tx: Connection, configured: Sequence[TeamSettings], now: datetime) -> list[DueDigest]:
    """What has fallen due since it was looked at last."""
    known = digest_runs.list_periods(tx)
    found = []
    for team in teams.list_all(tx, configured):
        weekly, zone = team.settings.digest, team.settings.zone
        if weekly is None or team.address is None:
            continue
        period, at = weekly.period_key(now, zone), weekly.latest_before(now, zone)
        if period not in known.get(team.key, ()):
            # A chat that only the settings name was there from the first tick on; its earlier periods are not ours.
            since = team.bound_at or (None if team.key in known else now)
            found.append(DueDigest(team, period, at, now - at <= MOST_LATE and (since is None or since <= at)))
    return found


def post_due_digests(tx: Connection, configured: Sequence[TeamSettings], now: datetime) -> int:
    """Claim what is due and post its letters."""
    sent = 0
    for each in find_due_digests(tx, configured, now):
        if not digest_runs.claim(tx, each.team.key, each.period, now):
            continue
        if each.is_on_time:
            sent += _post_digest(tx, each, now)
        else:
            log.info("digest skipped", extra={"team": each.team.key, "period": each.period})
    return sent


def _post_digest(tx: Connection, each: DueDigest, now: datetime) -> int:
    there = [key for key in journeys.list_current(tx) if each.team.covers(key)]
    address = each.team.address
    assert address is not None  # due() leaves out teams without a chat
    for journey in there:
        key = f"digest:{each.team.key}:{each.period}:{journey}"
        view = views.insert_view(tx, DIGEST_VIEW, address, {"journey": journey, "letter": key}, now)
        letters.post(tx, [_digest_letter(each, journey, part, key, view, address) for part in (FIRST, REST)], now)
    return len(there)


def _digest_letter(each: DueDigest, journey: str, part: str, key: str, view: int, address: Address) -> NewLetter:
    return NewLetter(
        key=key if part == FIRST else f"{key}:{part}",
        to=address,
        kind="digest",
        priority=LetterPriority.DIGEST,
        due_at=each.at,
        not_after=each.at + MOST_LATE,
        thread=each.team.thread,
        data={
            "team": each.team.key,
            "journey": journey,
            "language": each.team.settings.language,
            "at": each.at.isoformat(),
            "part": part,
            "first": key,
            "view": view,
        },
    )
