"""Make a person a manager by a link: the first link, which `tropa run` prints, or one that another manager made.

Invariants:
* The first link works while there is no manager, so it makes one.
* A manager's link works for the first account that opens it; a manager of all journeys does not use it up. A manager
  who was removed cannot come back by the link that they used.
* A link only adds to what a manager may see, and never takes anything away.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.people import links, managers
from bot.db.people.links import LinkKind, RedeemedLink
from bot.db.people.managers import Manager
from bot.usecases.cases.hand_over_cases import hand_over_waiting
from bot.usecases.teams.recognize_viewer import MapViewer, find_viewer
from cjm.address import Address

FIRST_LINK_LIFETIME = timedelta(days=3650)  # it is voided by the first manager, not by time


@dataclass(frozen=True, slots=True)
class ManagerWelcome:
    """Greeting of a manager.

    ``is_news`` is False when the link changed nothing. ``is_first`` is True for the first manager of all.
    """

    viewer: MapViewer
    is_news: bool
    is_first: bool


class FirstManagerLink:
    """``await first_manager_link() -> token | None``; None when there is a manager. It works until there is one."""

    def __init__(self, db: Database, clock: Clock, configured: tuple[Address, ...], secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._has_configured = bool(configured)

    async def __call__(self) -> str | None:
        if self._has_configured or await self._db.read(managers.has_any):
            return None
        now = self._clock.now()
        return await self._db.write(
            lambda tx: links.issue(tx, LinkKind.FIRST, now=now, secret=self._secret, lifetime=FIRST_LINK_LIFETIME)
        )


class BecomeManager:
    """``await become_manager(person, name, phone_language, token) -> ManagerWelcome | None``.

    None does not tell why the link opens nothing, so that a stranger learns nothing about it.
    """

    def __init__(
        self, db: Database, clock: Clock, routing: CaseRouting, configured: tuple[Address, ...], secret: str
    ) -> None:
        self._db, self._clock, self._routing, self._secret = db, clock, routing, secret
        self._has_configured = bool(configured)

    async def __call__(
        self, person: Address, name: str, phone_language: str | None, token: str
    ) -> ManagerWelcome | None:
        now = self._clock.now()

        def write(tx: Connection) -> ManagerWelcome | None:
            # A manager who opens their link again is greeted again; another link may give them more journeys.
            known = find_viewer(tx, self._routing, person, person, name, phone_language)
            kind = links.link_kind(token)
            is_late = kind is LinkKind.FIRST and (self._has_configured or managers.has_any(tx))
            if kind not in (LinkKind.MANAGER, LinkKind.FIRST) or (is_late and known is None):
                return None
            if is_late or (known is not None and known.may_see_all):
                return ManagerWelcome(known, is_news=False, is_first=False) if known else None
            link = links.redeem(tx, token, kind=kind, account=person, now=now, secret=self._secret)
            if not isinstance(link, RedeemedLink) or not (link.is_first_use or known):
                return None  # the link opens nothing, or a manager who was removed opens their old one
            if link.is_first_use:
                journeys = merge_access(managers.find_by_address(tx, person), link.journeys)
                by = f"link:{kind}"
                managers.save(tx, person, name=name, language=phone_language, journeys=journeys, added_by=by, now=now)
                hand_over_waiting(tx, self._routing, now)
            viewer = find_viewer(tx, self._routing, person, person, name, phone_language)
            return ManagerWelcome(viewer, link.is_first_use, kind is LinkKind.FIRST) if viewer else None

        return await self._db.write(write)


def merge_access(manager: Manager | None, added: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the journeys that a manager may see after they are given ``added``; None means all."""
    if added is None or (manager is not None and manager.journeys is None):
        return None
    return tuple(dict.fromkeys([*(manager.journeys or () if manager else ()), *added]))
