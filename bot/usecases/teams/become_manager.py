"""Somebody opens a manager's link: the first one that the house prints, or one that another manager made."""

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

FIRST_LINK_LIFETIME = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class ManagerWelcome:
    """The new manager; ``is_news`` unless the link told them nothing new, ``is_first`` of the whole house."""

    viewer: MapViewer
    is_news: bool
    is_first: bool


class FirstManagerLink:
    """``await first_manager_link() -> token | None``: None while there is a manager. It works until it is used."""

    def __init__(self, db: Database, clock: Clock, configured: tuple[Address, ...], secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._configured = bool(configured)

    async def __call__(self) -> str | None:
        if self._configured or await self._db.read(managers.has_any):
            return None
        now = self._clock.now()
        return await self._db.write(
            lambda tx: links.issue(tx, LinkKind.FIRST, now=now, secret=self._secret, lifetime=FIRST_LINK_LIFETIME)
        )


class BecomeManager:
    """``await become_manager(person, name, language, token) -> Welcome | None``; None is not told why."""

    def __init__(
        self, db: Database, clock: Clock, routing: CaseRouting, configured: tuple[Address, ...], secret: str
    ) -> None:
        self._db, self._clock, self._routing, self._secret = db, clock, routing, secret
        self._configured = bool(configured)

    async def __call__(self, person: Address, name: str, language: str | None, token: str) -> ManagerWelcome | None:
        now = self._clock.now()

        def write(tx: Connection) -> ManagerWelcome | None:
            known = find_viewer(tx, self._routing, person, person, name, language)
            kind = links.link_kind(token)
            late = kind is LinkKind.FIRST and (self._configured or managers.has_any(tx))
            if kind not in (LinkKind.MANAGER, LinkKind.FIRST) or (late and known is None):
                return None
            if late or (known is not None and known.may_see_all):
                return ManagerWelcome(known, is_news=False, is_first=False) if known else None
            opened = links.redeem(tx, token, kind=kind, by=person, now=now, secret=self._secret)
            if not isinstance(opened, RedeemedLink) or not (opened.is_first_use or known):
                return None  # who was a manager once cannot come back by the old link
            if opened.is_first_use:
                seen = merge_access(managers.find_by_address(tx, person), opened.journeys)
                by = f"link:{kind}"
                managers.save(tx, person, name=name, language=language, journeys=seen, by=by, now=now)
                hand_over_waiting(tx, self._routing, now)
            fresh = find_viewer(tx, self._routing, person, person, name, language)
            return ManagerWelcome(fresh, opened.is_first_use, kind is LinkKind.FIRST) if fresh else None

        return await self._db.write(write)


def merge_access(known: Manager | None, more: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What somebody may see who could see ``known`` and is given ``more``."""
    if more is None or (known is not None and known.journeys is None):
        return None
    return tuple(dict.fromkeys([*(known.journeys or () if known else ()), *more]))
