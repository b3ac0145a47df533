"""Routing of cases to the chats that look after them: a team's, or the managers' if the journey has no team chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.config.settings import TeamSettings
from bot.db.cases import cases
from bot.db.engine.database import Connection
from bot.db.people import managers, teams
from cjm.address import Address

MOST_CARDS = 6  # of one case that are kept up to date: older ones are far up in the chat


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Chat where cases are read, with its language and time zone. ``team`` is "" for a manager."""

    team: str
    address: Address
    thread: int | None
    language: str | None
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """Access of a chat to cases: those of ``journeys``, None for all."""

    reader: CaseReader
    journeys: frozenset[str] | None

    def covers(self, journey: str | None) -> bool:
        """Return whether a case of ``journey`` may be seen; a case without a journey may be seen by all."""
        return self.journeys is None or journey is None or journey in self.journeys


class CaseRouting:
    """Routing by the settings and the database. ``managers`` are those of the settings: they may see everything."""

    def __init__(self, configured: Sequence[TeamSettings], managers: Sequence[Address]) -> None:
        self._configured = configured
        self._managers = managers

    def list_readers(self, tx: Connection, journey: str | None) -> list[CaseReader]:
        """Return who gets a card of a case: the journey's team, else its managers; empty while there is neither."""
        team = teams.find_by_journey(tx, self._configured, journey)
        if team is not None and team.address is not None:
            return [_team_reader(team, team.address)]
        return [access.reader for access in self._list_private_access(tx) if access.covers(journey)]

    def list_managers(self, tx: Connection, journey: str | None) -> list[CaseReader]:
        """Return the managers who may see cases of ``journey``."""
        return [access.reader for access in self._list_private_access(tx) if access.covers(journey)]

    def find_access(self, tx: Connection, chat: Address, person: Address) -> CaseAccess | None:
        """Return what ``person`` may do in ``chat``: as one of a team, or as a manager in private; None for nothing."""
        here = [team for team in teams.list_all(tx, self._configured) if team.address == chat]
        if here:
            every = any(not team.settings.journeys for team in here)
            journeys = None if every else frozenset(key for team in here for key in team.settings.journeys)
            return CaseAccess(_team_reader(here[0], chat), journeys)
        return next((s for s in self._list_private_access(tx) if s.reader.address == chat == person), None)

    def list_cards(self, tx: Connection, number: int) -> list[tuple[CaseReader, str]]:
        """Return a case's latest `MOST_CARDS` cards as (reader, message id), without those in chats without access."""
        found = [(self.find_access(tx, chat, chat), message_id) for chat, message_id in cases.list_cards(tx, number)]
        return [(access.reader, message_id) for access, message_id in found[-MOST_CARDS:] if access is not None]

    def _list_private_access(self, tx: Connection) -> list[CaseAccess]:
        known = {manager.address: manager for manager in managers.list_all(tx)}
        found = []
        for address in dict.fromkeys([*self._managers, *known]):
            row = known.get(address)
            limited = row.journeys if row is not None and address not in self._managers else None
            reader = CaseReader("", address, None, row.language if row else None, "UTC")
            found.append(CaseAccess(reader, None if limited is None else frozenset(limited)))
        return found


def _team_reader(team: teams.Team, address: Address) -> CaseReader:
    return CaseReader(team.key, address, team.thread, team.settings.language, team.settings.timezone)
