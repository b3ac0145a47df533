"""A chat becomes a team's chat: a manager adds the bot to it, or says /team there, and taps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import TeamSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, chat_migration, views
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.people import teams
from bot.db.people.teams import Team
from bot.outbox.letters.notice import NOTICE, TEAM_LOST
from bot.usecases.cases.hand_over_cases import hand_over_waiting
from bot.usecases.teams.recognize_viewer import MapViewer, assumed_zone, find_viewer
from cjm.address import Address

TEAM_VIEW = "team"


@dataclass(frozen=True, slots=True)
class GroupChat:
    """A chat that may become a team's, or a topic of it."""

    address: Address
    thread: int | None
    title: str


@dataclass(frozen=True, slots=True)
class TeamOffer:
    """Which team may this group be? ``bound`` are those it is already; ``teams`` all there are, by key."""

    view_id: int
    language: str
    group: GroupChat
    teams: tuple[str, ...]
    bound_teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamBound:
    """The group is this team's chat now. ``moved`` when the team had another one before."""

    team: Team
    language: str
    has_moved: bool


class BindTeam:
    """Only managers of all journeys bind and unbind; to anybody else the result is None."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting, configured: Sequence[TeamSettings]) -> None:
        self._db, self._clock, self._routing, self._configured = db, clock, routing, configured

    async def offer(
        self, person: Address, language: str | None, group: GroupChat, shown_in: Address
    ) -> TeamOffer | None:
        """What a manager may choose from, to be shown in ``asked_in``: the group itself, or the manager's chat."""
        now = self._clock.now()

        def write(tx: Connection) -> TeamOffer | None:
            who = find_viewer(tx, self._routing, person, person, "", language)
            if who is None or not who.may_see_all:
                return None
            keys = tuple(t.key for t in self._configured) or (teams.DEFAULT,)
            data = {"chat": str(group.address), "thread": group.thread, "title": group.title, "teams": list(keys)}
            view = views.insert_view(tx, TEAM_VIEW, shown_in, data, now)
            return TeamOffer(view, who.language, group, keys, self._bound_team_keys(tx, group.address))

        return await self._db.write(write)

    async def bind(
        self, chat: Address, person: Address, language: str | None, view: int, place: int
    ) -> TeamBound | None:
        """The tap; said again, nothing changes. Cases that nobody could be told of go to the team now."""
        now = self._clock.now()

        def write(tx: Connection) -> TeamBound | None:
            chosen = self._find_offer(tx, chat, person, language, view)
            if chosen is None or not 0 <= place < len(chosen[1]["teams"]):
                return None
            who, data = chosen
            key, group = data["teams"][place], Address.parse(data["chat"])
            before = {t.key: t for t in teams.list_all(tx, self._configured)}.get(key)
            if not self._is_bound_to(before, group, data["thread"]):
                self._bind_team(tx, key, group, data, who, now)
                hand_over_waiting(tx, self._routing, now)
            team = {t.key: t for t in teams.list_all(tx, self._configured)}.get(key)
            moved = before is not None and before.address not in (None, group)
            return TeamBound(team, who.language, moved) if team else None

        return await self._db.write(write)

    async def unbind(self, chat: Address, person: Address, language: str | None, view: int) -> TeamOffer | None:
        """The group is no team's chat any more."""
        now = self._clock.now()

        def write(tx: Connection) -> TeamOffer | None:
            chosen = self._find_offer(tx, chat, person, language, view)
            if chosen is None:
                return None
            who, data = chosen
            group = GroupChat(Address.parse(data["chat"]), data["thread"], data["title"])
            teams.unbind(tx, group.address)
            views.update_view(tx, view, data, now)
            return TeamOffer(view, who.language, group, tuple(data["teams"]), self._bound_team_keys(tx, group.address))

        return await self._db.write(write)

    async def unbind_lost_group(self, group: Address) -> tuple[str, ...]:
        """The bot was removed from a group: its teams have no chat any more, and the managers are told."""
        now = self._clock.now()

        def write(tx: Connection) -> tuple[str, ...]:
            lost = tuple(t for t in teams.list_all(tx, self._configured) if t.address == group)
            teams.unbind(tx, group)
            for team in lost:
                self._notify_managers(tx, team, group, now)
            return tuple(team.key for team in lost)

        return await self._db.write(write)

    async def move_group(self, old: Address, new: Address) -> None:
        """The group has another id from now on: it became a supergroup."""
        await self._db.write(lambda tx: chat_migration.migrate_chat(tx, old, new))

    def _find_offer(
        self, tx: Connection, chat: Address, person: Address, language: str | None, view: int
    ) -> tuple[MapViewer, dict[str, Any]] | None:
        who = find_viewer(tx, self._routing, person, person, "", language)
        found = views.find(tx, view, chat, TEAM_VIEW, for_update=True)
        return (who, dict(found.data)) if who is not None and who.may_see_all and found is not None else None

    def _bound_team_keys(self, tx: Connection, group: Address) -> tuple[str, ...]:
        return tuple(t.key for t in teams.list_all(tx, self._configured) if t.address == group)

    @staticmethod
    def _is_bound_to(team: Team | None, group: Address, thread: int | None) -> bool:
        return team is not None and (team.address, team.thread) == (group, thread)

    @staticmethod
    def _bind_team(tx: Connection, key: str, group: Address, data: dict[str, Any], who: MapViewer, now: datetime) -> None:
        zone = assumed_zone(tx, who).key
        by = str(who.person)
        args = (key, group, data["thread"], data["title"], by, now)
        teams.bind(tx, *args, language=who.language, timezone=zone)

    def _notify_managers(self, tx: Connection, team: Team, group: Address, now: datetime) -> None:
        at = team.bound_at or now
        for reader in self._routing.list_managers(tx, None):
            new = NewLetter(
                key=f"{TEAM_LOST}:{team.key}:{group}:{at:%Y%m%d%H%M%S}:{reader.address}",
                to=reader.address,
                kind=NOTICE,
                priority=LetterPriority.ALERT,
                due_at=now,
                data={"what": TEAM_LOST, "team": team.key, "language": reader.language},
            )
            letters.post(tx, new, now)
