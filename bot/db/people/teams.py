"""Teams: what the settings say about each, together with the chat that it was bound to in a messenger.

When the settings name no team, there is one for all journeys, `DEFAULT`, as soon as a manager has bound it to a chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from bot.config.settings import TeamSettings
from bot.db.engine.database import Connection
from bot.db.people.tables import team_table
from cjm.address import Address

DEFAULT = "team"
_ALL = select(team_table)  # built once: ticks run it


@dataclass(frozen=True, slots=True)
class Team:
    """Team with its settings; ``address`` is None until a chat is bound, or named in the settings."""

    key: str
    settings: TeamSettings
    address: Address | None
    thread: int | None
    bound_at: datetime | None = None  # None: only the settings name the chat

    def covers(self, journey: str) -> bool:
        """Return whether the team looks after ``journey``; without a list in the settings it looks after all."""
        return not self.settings.journeys or journey in self.settings.journeys


def list_all(tx: Connection, configured: Sequence[TeamSettings]) -> list[Team]:
    """Return every configured team, or a bound `DEFAULT` without any; a bound chat replaces the configured one."""
    bound = {row.key: row for row in tx.execute(_ALL)}
    if not configured and DEFAULT in bound:
        configured = [_default_settings(bound[DEFAULT])]
    return [_join_settings(settings, bound.get(settings.key)) for settings in configured]


def _default_settings(row: Row[Any]) -> TeamSettings:
    return TeamSettings.model_validate(
        {"key": DEFAULT, "language": row.language or "en", "timezone": row.timezone or "UTC"}
    )


def _join_settings(settings: TeamSettings, row: Row[Any] | None) -> Team:
    if row is None:
        return Team(settings.key, settings, settings.chat, settings.thread)
    return Team(settings.key, settings, Address(row.messenger, row.address), row.thread, row.bound_at)


def find_by_journey(tx: Connection, configured: Sequence[TeamSettings], journey: str | None) -> Team | None:
    """Return the first team with a chat that looks after ``journey``; any team with a chat for None."""
    teams = [t for t in list_all(tx, configured) if t.address is not None]
    return next((t for t in teams if journey is None or t.covers(journey)), None)


def bind(
    tx: Connection,
    key: str,
    address: Address,
    thread: int | None,
    title: str,
    bound_by: str,
    now: datetime,
    *,
    language: str | None = None,
    timezone: str | None = None,
) -> None:
    """Make a chat the team's chat. Give ``language`` and ``timezone`` only for a team that no settings name."""
    tx.execute(delete(team_table).where(team_table.c.key == key))  # a team has one chat: a new one replaces the old
    tx.execute(
        insert(team_table).values(
            key=key,
            messenger=address.messenger,
            address=address.id,
            thread=thread,
            title=title[:256],
            language=language,
            timezone=timezone,
            bound_by=bound_by,
            bound_at=now,
        )
    )


def unbind(tx: Connection, address: Address) -> list[str]:
    """End the bindings of all teams to this chat; return the teams' keys."""
    return list(tx.execute(delete(team_table).where(_is_bound_to(address)).returning(team_table.c.key)).scalars())


def readdress(tx: Connection, old: Address, new: Address) -> None:
    """Bind the teams of chat ``old`` to chat ``new``."""
    tx.execute(update(team_table).where(_is_bound_to(old)).values(messenger=new.messenger, address=new.id))


def _is_bound_to(address: Address) -> ColumnElement[bool]:
    return (team_table.c.messenger == address.messenger) & (team_table.c.address == address.id)
