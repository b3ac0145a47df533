"""Add managers by a one-time link, limit them to journeys, and remove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.delivery import map_preferences, saved_views, views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import links, managers
from bot.db.people.links import LinkKind
from bot.db.people.managers import Manager
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ManagerList:
    """All managers. ``configured`` stand in the settings and can be removed only there."""

    viewer_address: Address
    configured: tuple[Address, ...]
    managers: tuple[Manager, ...]
    journey_titles: dict[str, str]

    @property
    def removable(self) -> tuple[Manager, ...]:
        """Managers that the viewer can remove: themselves not, so that a tap cannot lock everybody out."""
        return tuple(m for m in self.managers if m.address not in (self.viewer_address, *self.configured))


@dataclass(frozen=True, slots=True)
class ManagerInvitation:
    """Choice of the journeys that a new manager may see.

    ``journeys`` are all, as (key, title) in the order of the buttons; ``chosen_journeys`` None means all.
    """

    view_id: int
    journeys: tuple[tuple[str, str], ...]
    chosen_journeys: frozenset[str] | None


class InviteManager:
    """Every method returns None to a manager who may not see all journeys."""

    def __init__(self, db: Database, clock: Clock, configured: Sequence[Address], secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._configured = tuple(configured)

    async def list_managers(self, viewer: MapViewer) -> ManagerList | None:
        return await self._db.read(lambda tx: self._manager_list(tx, viewer)) if viewer.may_see_all else None

    def _manager_list(self, tx: Connection, viewer: MapViewer) -> ManagerList:
        titles = dict(_journey_titles(tx, viewer))
        return ManagerList(viewer.person, self._configured, tuple(managers.list_all(tx)), titles)

    async def begin_invitation(self, viewer: MapViewer) -> ManagerInvitation | None:
        """Store an invitation to all journeys, which can be limited or used as it is."""
        if not viewer.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> ManagerInvitation:
            titles = _journey_titles(tx, viewer)
            data = {"keys": [key for key, _ in titles], "chosen": None}
            return ManagerInvitation(views.insert_view(tx, ViewKind.MANAGER, viewer.chat, data, now), titles, None)

        return await self._db.write(write)

    async def toggle_journey(self, viewer: MapViewer, view_id: int, index: int | None) -> ManagerInvitation | None:
        """Add or remove the journey at ``index``; None chooses all journeys. A used or lost invitation returns None.

        While all are chosen, the first journey limits the choice to it; removing the last one chooses all.
        """
        if not viewer.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> ManagerInvitation | None:
            invitation = views.find(tx, view_id, viewer.chat, ViewKind.MANAGER, for_update=True)
            if invitation is None or invitation.data.get("used") or (index or 0) >= len(invitation.data["keys"]):
                return None
            chosen = _toggle_key(invitation.data["chosen"], None if index is None else invitation.data["keys"][index])
            views.update_view(tx, view_id, {**invitation.data, "chosen": chosen}, now)
            current = dict(_journey_titles(tx, viewer))
            titles = tuple((key, current.get(key, key)) for key in invitation.data["keys"])
            return ManagerInvitation(view_id, titles, None if chosen is None else frozenset(chosen))

        return await self._db.write(write)

    async def make_link(self, viewer: MapViewer, view_id: int) -> str | None:
        """Return the link's token; None when the invitation is gone or was used before: it makes one manager."""
        if not viewer.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> str | None:
            invitation = views.find(tx, view_id, viewer.chat, ViewKind.MANAGER, for_update=True)
            if invitation is None or invitation.data.get("used"):
                return None
            views.update_view(tx, view_id, {**invitation.data, "used": True}, now)
            chosen = invitation.data["chosen"]
            subject = "all journeys" if chosen is None else ", ".join(chosen)
            audit_entries.record_entry(tx, now, viewer.in_audit, AuditAction.INVITE_MANAGER, subject=subject)
            return links.issue(tx, LinkKind.MANAGER, journeys=chosen, now=now, secret=self._secret, lifetime=LIFETIME)

        return await self._db.write(write)

    async def remove_manager(self, viewer: MapViewer, manager_id: int) -> ManagerList | None:
        """Remove a manager, and return the managers that remain. Those of the settings and the viewer stay."""
        if not viewer.may_see_all:
            return None

        now = self._clock.now()

        def write(tx: Connection) -> ManagerList:
            removed = next((m for m in self._manager_list(tx, viewer).removable if m.id == manager_id), None)
            if removed is not None:
                managers.delete_manager(tx, manager_id)
                saved_views.delete_by_owner(tx, removed.address)
                map_preferences.delete_by_owner(tx, removed.address)
                persons = (str(removed.address),)
                audit_entries.record_entry(tx, now, viewer.in_audit, AuditAction.REMOVE_MANAGER, persons=persons)
            return self._manager_list(tx, viewer)

        return await self._db.write(write)


def _journey_titles(tx: Connection, viewer: MapViewer) -> tuple[tuple[str, str], ...]:
    return tuple((key, j.title.in_language(viewer.language)) for key, j in journeys.list_current(tx).items())


def _toggle_key(chosen: list[str] | None, key: str | None) -> list[str] | None:
    """Return the chosen keys after a tap; None (all) when none is left: a manager must see something."""
    if key is None:
        return None
    rest = [k for k in chosen or [] if k != key]
    return (rest or None) if chosen is not None and key in chosen else [*rest, key]
