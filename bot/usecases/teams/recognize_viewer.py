"""Recognize who may look at maps in a chat: a manager in their private chat, and everybody in a team's chat."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.db.audit.audit_actions import AuditActor
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.texts import words_in
from cjm.address import Address
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class MapRights:
    """Rights and language of a viewer, which decide what a journey shows them. ``journeys`` None means all."""

    language: str
    is_manager: bool
    journeys: frozenset[str] | None

    def may_see(self, journey: str) -> bool:
        return self.journeys is None or journey in self.journeys


@dataclass(frozen=True, slots=True)
class MapViewer:
    """Person who looks at maps in ``chat``. ``team`` is "" in a manager's private chat; ``journeys`` None means all."""

    chat: Address
    person: Address
    name: str
    language: str
    team: str = ""
    journeys: frozenset[str] | None = None

    @property
    def is_manager(self) -> bool:
        return not self.team

    @property
    def in_audit(self) -> AuditActor:
        return AuditActor.of_person(self.person, self.name)

    @property
    def may_see_all(self) -> bool:
        return self.journeys is None

    @property
    def rights(self) -> MapRights:
        return MapRights(self.language, self.is_manager, self.journeys)

    def may_see(self, journey: str) -> bool:
        return self.rights.may_see(journey)


class RecognizeViewer:
    """``await recognize_viewer(chat, person, name, phone_language) -> MapViewer | None``; None for everybody else."""

    def __init__(self, db: Database, routing: CaseRouting) -> None:
        self._db, self._routing = db, routing

    async def __call__(self, chat: Address, person: Address, name: str, phone_language: str | None) -> MapViewer | None:
        return await self._db.read(lambda tx: find_viewer(tx, self._routing, chat, person, name, phone_language))


def find_viewer(
    tx: Connection, routing: CaseRouting, chat: Address, person: Address, name: str, phone_language: str | None
) -> MapViewer | None:
    access = routing.find_access(tx, chat, person)
    if access is None:
        return None
    language = words_in(access.reader.language or phone_language).language
    return MapViewer(chat, person, name, language, access.reader.team, access.journeys)


def visible_journeys(tx: Connection, viewer: MapViewer | MapRights) -> dict[str, Journey]:
    """Return the journeys in force that the viewer may see, by key."""
    return {key: journey for key, journey in journeys.list_current(tx).items() if viewer.may_see(key)}


def assumed_zone(tx: Connection, viewer: MapViewer) -> ZoneInfo:
    """Return the zone of the viewer's first journey: people who work on a journey mostly live by its clock."""
    visible = visible_journeys(tx, viewer)
    return next(iter(visible.values())).zone if visible else ZoneInfo("UTC")
