"""Bind a group chat, or a topic of it, to a team: a manager adds the bot to the group or writes /team there, and taps.

Invariants:
* Only managers of all journeys bind and unbind; for anybody else the result is None.
* Tapping again changes nothing.
* Unbinding ends only what was bound in the chat: a team whose settings name the group keeps it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import TeamSettings
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import chat_migration, letters, views
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.people import teams
from bot.db.people.teams import Team
from bot.outbox.kinds import LetterName
from bot.outbox.letters.notice import TEAM_LOST
from bot.usecases.cases.hand_over_cases import hand_over_waiting
from bot.usecases.teams.recognize_viewer import MapViewer, assumed_zone, find_viewer
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class GroupChat:
    """Group chat, or a topic of it (``thread``), that may become a team's chat; anybody may read a *public* one."""

    address: Address
    thread: int | None
    title: str
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class TeamOffer:
    """Choice of a team for a group: all ``teams`` by key, as the buttons stand. ``bound_teams`` have this chat."""

    view_id: int
    language: str
    group: GroupChat
    teams: tuple[str, ...]
    bound_teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamBound:
    """Outcome of binding. ``has_moved``: the team had another chat before; ``is_public``: anybody can read this one."""

    team: Team
    language: str
    has_moved: bool
    is_public: bool


class BindTeam:
    """Offer, bind and unbind; ``chat`` is where the buttons stand, which may be the group or the manager's own chat."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting, configured: Sequence[TeamSettings]) -> None:
        self._db, self._clock, self._routing, self._configured = db, clock, routing, configured

    async def offer(
        self, person: Address, phone_language: str | None, group: GroupChat, shown_in: Address
    ) -> TeamOffer | None:
        """Return the teams to choose from, to be shown in ``shown_in``: the group itself, or the manager's own chat."""
        now = self._clock.now()

        def find_manager(tx: Connection) -> MapViewer | None:
            viewer = find_viewer(tx, self._routing, person, person, "", phone_language)
            return viewer if viewer is not None and viewer.may_see_all else None

        def write(tx: Connection) -> TeamOffer | None:
            viewer = find_manager(tx)
            if viewer is None:
                return None
            keys = tuple(t.key for t in self._configured) or (teams.DEFAULT,)  # without any there is one team for all
            data = {
                "chat": str(group.address),
                "thread": group.thread,
                "title": group.title,
                "teams": list(keys),
                "is_public": group.is_public,
            }
            view_id = views.insert_view(tx, ViewKind.TEAM, shown_in, data, now)
            return TeamOffer(view_id, viewer.language, group, keys, self._bound_team_keys(tx, group.address))

        # Read first: strangers in any number of groups ask for this, and must not keep the writer busy.
        return await self._db.write(write) if await self._db.read(find_manager) is not None else None

    async def bind(
        self, chat: Address, person: Address, phone_language: str | None, view_id: int, index: int
    ) -> TeamBound | None:
        """Bind the team at ``index`` of the offer. Cases that waited for it go to it: a batch now, more by a tick."""
        now = self._clock.now()

        def write(tx: Connection) -> TeamBound | None:
            offer = self._find_offer(tx, chat, person, phone_language, view_id)
            if offer is None:
                return None
            viewer, data = offer
            if not 0 <= index < len(data["teams"]):
                return None
            key, group = data["teams"][index], Address.parse(data["chat"])
            before = {t.key: t for t in teams.list_all(tx, self._configured)}.get(key)
            if not self._is_bound_to(before, group, data["thread"]):
                self._bind_team(tx, key, group, data, viewer, now)
                hand_over_waiting(tx, self._routing, now)
            team = {t.key: t for t in teams.list_all(tx, self._configured)}.get(key)
            has_moved = before is not None and before.address not in (None, group)
            # The tap may come from the manager's own chat, which does not tell this about the group.
            return TeamBound(team, viewer.language, has_moved, data.get("is_public", False)) if team else None

        return await self._db.write(write)

    async def unbind(
        self, chat: Address, person: Address, phone_language: str | None, view_id: int
    ) -> TeamOffer | None:
        """Take the group from its teams and return the offer again, for the same buttons."""
        now = self._clock.now()

        def write(tx: Connection) -> TeamOffer | None:
            offer = self._find_offer(tx, chat, person, phone_language, view_id)
            if offer is None:
                return None
            viewer, data = offer
            group = GroupChat(Address.parse(data["chat"]), data["thread"], data["title"])
            for key in teams.unbind(tx, group.address):
                record_binding(tx, viewer.in_audit, AuditAction.UNBIND_TEAM, key, now)
            views.update_view(tx, view_id, data, now)  # renews its age: old views are pruned
            return TeamOffer(
                view_id, viewer.language, group, tuple(data["teams"]), self._bound_team_keys(tx, group.address)
            )

        return await self._db.write(write)

    async def is_bound(self, group: Address) -> bool:
        """Return whether the group is the chat of a team."""
        return bool(await self._db.read(lambda tx: self._bound_team_keys(tx, group)))

    async def unbind_lost_group(self, group: Address) -> tuple[str, ...]:
        """Take a group from its teams after the bot was removed from it, notify managers, and return the keys."""
        now = self._clock.now()

        def write(tx: Connection) -> tuple[str, ...]:
            lost = tuple(t for t in teams.list_all(tx, self._configured) if t.address == group)
            for key in teams.unbind(tx, group):
                record_binding(tx, TROPA, AuditAction.UNBIND_TEAM, key, now)
            for team in lost:
                self._notify_managers(tx, team, group, now)
            return tuple(team.key for team in lost)

        return await self._db.write(write)

    async def move_group(self, old: Address, new: Address) -> None:
        """Move everything of a group to its new address: a group that becomes a supergroup gets a new id."""
        await self._db.write(lambda tx: chat_migration.migrate_chat(tx, old, new))

    def _find_offer(
        self, tx: Connection, chat: Address, person: Address, phone_language: str | None, view_id: int
    ) -> tuple[MapViewer, dict[str, Any]] | None:
        """Return who taps and the data of the offer; None when it is gone or not theirs to tap."""
        viewer = find_viewer(tx, self._routing, person, person, "", phone_language)
        offer = views.find(tx, view_id, chat, ViewKind.TEAM, for_update=True)
        return (viewer, dict(offer.data)) if viewer is not None and viewer.may_see_all and offer is not None else None

    def _bound_team_keys(self, tx: Connection, group: Address) -> tuple[str, ...]:
        return tuple(t.key for t in teams.list_all(tx, self._configured) if t.address == group)

    @staticmethod
    def _is_bound_to(team: Team | None, group: Address, thread: int | None) -> bool:
        return team is not None and (team.address, team.thread) == (group, thread)

    @staticmethod
    def _bind_team(
        tx: Connection, key: str, group: Address, data: dict[str, Any], viewer: MapViewer, now: datetime
    ) -> None:
        args = (key, group, data["thread"], data["title"], str(viewer.person), now)
        teams.bind(tx, *args, language=viewer.language, timezone=assumed_zone(tx, viewer).key)
        record_binding(tx, viewer.in_audit, AuditAction.BIND_TEAM, key, now)

    def _notify_managers(self, tx: Connection, team: Team, group: Address, now: datetime) -> None:
        # The time of binding is part of the key: a group that is bound and lost again is reported again.
        at = team.bound_at or now
        for reader in self._routing.list_managers(tx, None):
            new = NewLetter(
                key=f"{TEAM_LOST}:{team.key}:{group}:{at:%Y%m%d%H%M%S}:{reader.address}",
                to=reader.address,
                kind=LetterName.NOTICE,
                priority=LetterPriority.ALERT,
                due_at=now,
                data={"what": TEAM_LOST, "team": team.key, "language": reader.language},
            )
            letters.post(tx, new, now)


def record_binding(tx: Connection, actor: AuditActor, action: AuditAction, team: str, now: datetime) -> None:
    """Record in the audit log that a team got or lost its chat."""
    audit_entries.record_entry(tx, now, actor, action, subject=f"team {team}")
