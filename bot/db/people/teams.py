"""Team chats as they were bound, joined with what the settings say of the same team.

Where the settings name no team there is one of all journeys, `DEFAULT`, once a manager has bound it to a chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from bot.config.settings import TeamSettings
from bot.db.engine.database import Connection
from bot.db.people.tables import team_table
from cjm.address import Address

DEFAULT = "team"


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its settings; ``address`` is None until a chat is bound or configured."""

    key: str
    settings: TeamSettings
    address: Address | None
    thread: int | None
    bound_at: datetime | None = None  # None for a chat that only the settings name

    def covers(self, journey: str) -> bool:
        return not self.settings.journeys or journey in self.settings.journeys


def list_all(tx: Connection, configured: Sequence[TeamSettings]) -> list[Team]:
    """Every configured team, with the chat it was bound to; a chat bound in Telegram goes before a configured one."""
    bound = {r.key: r for r in tx.execute(select(team_table))}
    if not configured and DEFAULT in bound:
        configured = [_default_settings(bound[DEFAULT])]
    return [_join_settings(settings, bound.get(settings.key)) for settings in configured]


def _default_settings(r: Row[Any]) -> TeamSettings:
    return TeamSettings.model_validate(
        {"key": DEFAULT, "language": r.language or "en", "timezone": r.timezone or "UTC"}
    )


def _join_settings(settings: TeamSettings, r: Row[Any] | None) -> Team:
    if r is None:
        return Team(settings.key, settings, settings.chat, settings.thread)
    return Team(settings.key, settings, Address(r.messenger, r.address), r.thread, r.bound_at)


def find_by_journey(tx: Connection, configured: Sequence[TeamSettings], journey: str | None) -> Team | None:
    """The first team that looks after ``journey`` and has a chat."""
    teams = [t for t in list_all(tx, configured) if t.address is not None]
    return next((t for t in teams if journey is None or t.covers(journey)), None)


def bind(
    tx: Connection,
    key: str,
    address: Address,
    thread: int | None,
    title: str,
    by: str,
    now: datetime,
    *,
    language: str | None = None,
    timezone: str | None = None,
) -> None:
    """Make a chat the team's chat; ``language`` and ``timezone`` are those of a team that no settings name."""
    tx.execute(delete(team_table).where(team_table.c.key == key))
    tx.execute(
        insert(team_table).values(
            key=key,
            messenger=address.messenger,
            address=address.id,
            thread=thread,
            title=title[:256],
            language=language,
            timezone=timezone,
            bound_by=by,
            bound_at=now,
        )
    )


def unbind(tx: Connection, address: Address) -> list[str]:
    """No team is bound to this chat any more; the keys of those that were."""
    here = (team_table.c.messenger == address.messenger) & (team_table.c.address == address.id)
    return list(tx.execute(delete(team_table).where(here).returning(team_table.c.key)).scalars())
