"""Managers add others by a one-time link, may limit them to journeys, and let them go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import links, managers
from bot.db.people.links import LinkKind
from bot.db.people.managers import Manager
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address

LIFETIME = timedelta(days=7)
MANAGERS_VIEW = "managers"


@dataclass(frozen=True, slots=True)
class ManagerList:
    """The managers there are. ``configured`` are those whom only the settings can let go; ``me`` is who looks."""

    viewer_address: Address
    configured: tuple[Address, ...]
    managers: tuple[Manager, ...]
    journey_titles: dict[str, str]

    @property
    def removable(self) -> tuple[Manager, ...]:
        return tuple(m for m in self.managers if m.address not in (self.viewer_address, *self.configured))


@dataclass(frozen=True, slots=True)
class ManagerInvitation:
    """Which journeys the new manager will see (None: all), of those there are: key and title, in order."""

    view_id: int
    journeys: tuple[tuple[str, str], ...]
    chosen_journeys: frozenset[str] | None


class InviteManager:
    """Everything here is for managers of all journeys; anybody else gets None."""

    def __init__(self, db: Database, clock: Clock, configured: Sequence[Address], secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._configured = tuple(configured)

    async def list_managers(self, who: MapViewer) -> ManagerList | None:
        return await self._db.read(lambda tx: self._manager_list(tx, who)) if who.may_see_all else None

    def _manager_list(self, tx: Connection, who: MapViewer) -> ManagerList:
        titles = {key: j.title.in_language(who.language) for key, j in journeys.list_current(tx).items()}
        return ManagerList(who.person, self._configured, tuple(managers.list_all(tx)), titles)

    async def begin_invitation(self, who: MapViewer) -> ManagerInvitation | None:
        """An invitation to all journeys, to be limited or used as it is."""
        if not who.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> ManagerInvitation:
            titles = _journey_titles(tx, who)
            data = {"keys": [key for key, _ in titles], "chosen": None}
            return ManagerInvitation(views.insert_view(tx, MANAGERS_VIEW, who.chat, data, now), titles, None)

        return await self._db.write(write)

    async def toggle_journey(self, who: MapViewer, view: int, place: int | None) -> ManagerInvitation | None:
        """Let the new manager see the journey in this place, or not; None means all of them."""
        if not who.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> ManagerInvitation | None:
            found = views.find(tx, view, who.chat, MANAGERS_VIEW, for_update=True)
            if found is None or found.data.get("used") or (place or 0) >= len(found.data["keys"]):
                return None
            chosen = _toggle_key(found.data["chosen"], None if place is None else found.data["keys"][place])
            views.update_view(tx, view, {**found.data, "chosen": chosen}, now)
            known = dict(_journey_titles(tx, who))
            titles = tuple((key, known.get(key, key)) for key in found.data["keys"])
            return ManagerInvitation(view, titles, None if chosen is None else frozenset(chosen))

        return await self._db.write(write)

    async def make_link(self, who: MapViewer, view: int) -> str | None:
        """The token of the link; None when the invitation was used before."""
        if not who.may_see_all:
            return None
        now = self._clock.now()

        def write(tx: Connection) -> str | None:
            found = views.find(tx, view, who.chat, MANAGERS_VIEW, for_update=True)
            if found is None or found.data.get("used"):
                return None
            views.update_view(tx, view, {**found.data, "used": True}, now)
            chosen = found.data["chosen"]
            return links.issue(tx, LinkKind.MANAGER, journeys=chosen, now=now, secret=self._secret, lifetime=LIFETIME)

        return await self._db.write(write)

    async def remove_manager(self, who: MapViewer, manager_id: int) -> ManagerList | None:
        """Somebody is no manager any more; who is of the settings, or oneself, stays."""
        if not who.may_see_all:
            return None

        def write(tx: Connection) -> ManagerList:
            if any(m.id == manager_id for m in self._manager_list(tx, who).removable):
                managers.delete_manager(tx, manager_id)
            return self._manager_list(tx, who)

        return await self._db.write(write)


def _journey_titles(tx: Connection, who: MapViewer) -> tuple[tuple[str, str], ...]:
    return tuple((key, j.title.in_language(who.language)) for key, j in journeys.list_current(tx).items())


def _toggle_key(chosen: list[str] | None, key: str | None) -> list[str] | None:
    if key is None:
        return None
    rest = [k for k in chosen or [] if k != key]
    return (rest or None) if chosen is not None and key in chosen else [*rest, key]
