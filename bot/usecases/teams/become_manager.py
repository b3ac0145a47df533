"""Make a person a manager by a link: the first link, which `tropa run` prints, or one that another manager made.

Invariants:
* The first link works for a day, while there is no manager and no newer first link. So it makes one manager.
* A manager's link works for the first account that opens it; a manager of all journeys does not use it up. A manager
  who was removed cannot come back by the link that they used.
* A link only adds to what a manager may see, and never takes anything away.
* The answer is a letter, posted in the same transaction: one broken call does not keep it from the person.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.people import links, managers
from bot.db.people.links import LinkKind, RedeemedLink
from bot.db.people.managers import Manager
from bot.outbox.letters.manager_welcome import ManagerLinkAnswer, post_manager_welcome
from bot.texts import words_in
from bot.usecases.cases.hand_over_cases import hand_over_waiting
from bot.usecases.teams.command_examples import find_command_examples
from bot.usecases.teams.recognize_viewer import MapViewer, find_viewer
from cjm.address import Address

FIRST_LINK_LIFETIME = timedelta(days=1)  # it stands in a log; who comes later starts Tropa again and gets a new one


class FirstManagerLink:
    """``await first_manager_link() -> token | None``; None when there is a manager. It voids the earlier ones."""

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
    """``await become_manager(person, name, phone_language, token, message_id) -> MapViewer | None``.

    ``message_id`` is the message that opened the link. None, and the answer to it, do not tell why the link opens
    nothing, so that a stranger learns nothing about it.
    """

    def __init__(
        self, db: Database, clock: Clock, routing: CaseRouting, configured: tuple[Address, ...], secret: str
    ) -> None:
        self._db, self._clock, self._routing, self._secret = db, clock, routing, secret
        self._has_configured = bool(configured)

    async def __call__(
        self, person: Address, name: str, phone_language: str | None, token: str, message_id: str
    ) -> MapViewer | None:
        now = self._clock.now()

        def find(tx: Connection) -> MapViewer | None:
            return find_viewer(tx, self._routing, person, person, name, phone_language)

        def write(tx: Connection) -> MapViewer | None:
            # A manager who opens their link again is greeted again; another link may give them more journeys.
            answer = self._open_link(tx, find(tx), person, name, phone_language, token, now)
            viewer = None if answer is ManagerLinkAnswer.REFUSED else find(tx)
            language = words_in(phone_language).language if viewer is None else viewer.language
            may_see_all = viewer is not None and viewer.may_see_all
            journey = "" if viewer is None else find_command_examples(tx, viewer).journey
            post_manager_welcome(
                tx, person, message_id, answer, language, now, may_see_all=may_see_all, journey=journey
            )
            return viewer

        return await self._db.write(write)

    def _open_link(
        self,
        tx: Connection,
        known: MapViewer | None,
        person: Address,
        name: str,
        phone_language: str | None,
        token: str,
        now: datetime,
    ) -> ManagerLinkAnswer:
        kind = links.link_kind(token)
        is_late = kind is LinkKind.FIRST and (self._has_configured or managers.has_any(tx))
        if kind not in (LinkKind.MANAGER, LinkKind.FIRST) or (is_late and known is None):
            return ManagerLinkAnswer.REFUSED
        if is_late or (known is not None and known.may_see_all):
            return ManagerLinkAnswer.KNOWN
        link = links.redeem(tx, token, kind=kind, account=person, now=now, secret=self._secret)
        if not isinstance(link, RedeemedLink) or not (link.is_first_use or known):
            return ManagerLinkAnswer.REFUSED  # it opens nothing, or a manager who was removed opens their old one
        if not link.is_first_use:
            return ManagerLinkAnswer.KNOWN
        journeys = merge_access(managers.find_by_address(tx, person), link.journeys)
        by = f"link:{kind}"
        managers.save(tx, person, name=name, language=phone_language, journeys=journeys, added_by=by, now=now)
        actor, subject = AuditActor.of_person(person, name), "all journeys" if journeys is None else ", ".join(journeys)
        persons = (str(person),)
        audit_entries.record_entry(tx, now, actor, AuditAction.ADD_MANAGER, subject=subject, persons=persons)
        hand_over_waiting(tx, self._routing, now)
        return ManagerLinkAnswer.FIRST if kind is LinkKind.FIRST else ManagerLinkAnswer.NEWS


def merge_access(manager: Manager | None, added: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the journeys that a manager may see after they are given ``added``; None means all."""
    if added is None or (manager is not None and manager.journeys is None):
        return None
    return tuple(dict.fromkeys([*(manager.journeys or () if manager else ()), *added]))
