"""The desk: who looks after cases. A team in its chat; while none is bound, the managers in private."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.config.settings import TeamSettings
from bot.db.cases import cases
from bot.db.engine.database import Connection
from bot.db.people import managers, teams
from cjm.address import Address

MOST_CARDS = 6  # of one case that are kept up to date; those asked for long ago are far up in the chat


@dataclass(frozen=True, slots=True)
class CaseReader:
    """A chat where cases are read, and the words and the clock of those in it. ``team`` is "" for a manager."""

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
    """What a chat may see and do: the cases of these journeys, None for all; how to speak to it."""

    reader: CaseReader
    journeys: frozenset[str] | None

    def covers(self, journey: str | None) -> bool:
        return self.journeys is None or journey is None or journey in self.journeys


class CaseRouting:
    """``managers`` are those of the settings: they may see everything."""

    def __init__(self, configured: Sequence[TeamSettings], managers: Sequence[Address]) -> None:
        self._configured = configured
        self._managers = managers

    def list_readers(self, tx: Connection, journey: str | None) -> list[CaseReader]:
        """Who is told of a case: the journey's team, else every manager of it; nobody while there is neither."""
        team = teams.find_by_journey(tx, self._configured, journey)
        if team is not None and team.address is not None:
            return [_team_reader(team, team.address)]
        return [scope.reader for scope in self._list_private_access(tx) if scope.covers(journey)]

    def list_managers(self, tx: Connection, journey: str | None) -> list[CaseReader]:
        return [scope.reader for scope in self._list_private_access(tx) if scope.covers(journey)]

    def find_access(self, tx: Connection, chat: Address, person: Address) -> CaseAccess | None:
        """What ``person`` may do in ``chat``: as one of a team in its chat, as a manager in private; None: nothing."""
        here = [team for team in teams.list_all(tx, self._configured) if team.address == chat]
        if here:
            every = any(not team.settings.journeys for team in here)
            journeys = None if every else frozenset(key for team in here for key in team.settings.journeys)
            return CaseAccess(_team_reader(here[0], chat), journeys)
        return next((s for s in self._list_private_access(tx) if s.reader.address == chat == person), None)

    def list_cards(self, tx: Connection, number: int) -> list[tuple[CaseReader, str]]:
        """A case's cards, with those who read them; not those in chats that have no say any more."""
        found = [(self.find_access(tx, chat, chat), message_id) for chat, message_id in cases.list_cards(tx, number)]
        return [(scope.reader, message_id) for scope, message_id in found[-MOST_CARDS:] if scope is not None]

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
