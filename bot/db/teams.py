"""Team chats as they were bound, joined with what the settings say of the same team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.config import Team as TeamSettings
from bot.db.engine import Connection
from bot.db.rows import team as row
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its settings; ``address`` is None until a chat is bound or configured."""

    key: str
    settings: TeamSettings
    address: Address | None
    thread: int | None

    def has(self, journey: str) -> bool:
        return not self.settings.journeys or journey in self.settings.journeys


def all_teams(tx: Connection, configured: Sequence[TeamSettings]) -> list[Team]:
    """Every configured team, with the chat it was bound to; a chat bound in Telegram goes before a configured one."""
    bound = {r.key: (Address(r.messenger, r.address), r.thread) for r in tx.execute(select(row))}
    found = []
    for settings in configured:
        address, thread = bound.get(settings.key, (settings.chat, settings.thread))
        found.append(Team(settings.key, settings, address, thread))
    return found


def team_for(tx: Connection, configured: Sequence[TeamSettings], journey: str | None) -> Team | None:
    """The first team that looks after ``journey`` and has a chat."""
    teams = [t for t in all_teams(tx, configured) if t.address is not None]
    return next((t for t in teams if journey is None or t.has(journey)), None)


def bind(tx: Connection, key: str, address: Address, thread: int | None, title: str, by: str, now: datetime) -> None:
    """Make a chat the team's chat."""
    tx.execute(delete(row).where(row.c.key == key))
    tx.execute(
        insert(row).values(
            key=key,
            messenger=address.messenger,
            address=address.id,
            thread=thread,
            title=title[:256],
            bound_by=by,
            bound_at=now,
        )
    )


def unbind(tx: Connection, address: Address) -> None:
    tx.execute(delete(row).where(row.c.messenger == address.messenger, row.c.address == address.id))
