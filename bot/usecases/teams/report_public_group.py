"""Report to managers that a team's chat is a public group, where anybody can read what customers write.

Telegram does not tell when a group becomes public, but each message and tap from the group shows it. A manager is told
once of each binding, also where the group was public when it was bound.
"""

from collections.abc import Iterator, Sequence

from bot.clock import Clock
from bot.config.settings import TeamSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.people import teams
from bot.outbox.kinds import LetterName
from bot.outbox.letters.notice import GROUP_PUBLIC
from cjm.address import Address


class ReportPublicGroup:
    """``await report_public_group(group)`` posts what is not posted yet; nothing for a group that is no team's chat."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting, configured: Sequence[TeamSettings]) -> None:
        self._db, self._clock, self._routing, self._configured = db, clock, routing, configured

    async def __call__(self, group: Address) -> None:
        now = self._clock.now()

        def find_untold(tx: Connection) -> list[NewLetter]:
            return [each for each in self._list_notices(tx, group) if letters.find_by_key(tx, each.key) is None]

        # Read first: nearly always everybody was told before.
        if await self._db.read(find_untold):
            await self._db.write(lambda tx: letters.post(tx, find_untold(tx), now))

    def _list_notices(self, tx: Connection, group: Address) -> Iterator[NewLetter]:
        """Yield a letter for each team of the group and each manager who sees all journeys."""
        for team in teams.list_all(tx, self._configured):
            if team.address != group:
                continue
            bound_at = f"{team.bound_at:%Y%m%d%H%M%S}" if team.bound_at else "settings"
            for reader in self._routing.list_managers(tx, None):
                yield NewLetter(
                    key=f"{GROUP_PUBLIC}:{team.key}:{group}:{bound_at}:{reader.address}",
                    to=reader.address,
                    kind=LetterName.NOTICE,
                    priority=LetterPriority.ALERT,
                    due_at=self._clock.now(),
                    data={"what": GROUP_PUBLIC, "team": team.key, "language": reader.language},
                )
