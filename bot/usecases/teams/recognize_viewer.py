"""Who may look at maps here: a manager in private, whoever is in a team's chat. To everybody else there is nothing."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.texts import words_in
from cjm.address import Address
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class MapViewer:
    """Somebody who looks at maps in ``chat``. ``team`` is "" for a manager in private; ``journeys`` None means all."""

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
    def may_see_all(self) -> bool:
        return self.journeys is None

    def may_see(self, journey: str) -> bool:
        return self.journeys is None or journey in self.journeys

    def select_visible(self, there: dict[str, Journey]) -> dict[str, Journey]:
        """Of these journeys the ones this viewer may see."""
        return {key: journey for key, journey in there.items() if self.may_see(key)}


class RecognizeViewer:
    """``await recognize(chat, person, name, language) -> Viewer | None``; ``language`` is what their phone speaks."""

    def __init__(self, db: Database, routing: CaseRouting) -> None:
        self._db, self._routing = db, routing

    async def __call__(self, chat: Address, person: Address, name: str, language: str | None) -> MapViewer | None:
        return await self._db.read(lambda tx: find_viewer(tx, self._routing, chat, person, name, language))


def find_viewer(
    tx: Connection, routing: CaseRouting, chat: Address, person: Address, name: str, language: str | None
) -> MapViewer | None:
    scope = routing.find_access(tx, chat, person)
    if scope is None:
        return None
    speaks = words_in(scope.reader.language or language).language
    return MapViewer(chat, person, name, speaks, scope.reader.team, scope.journeys)


def visible_journeys(tx: Connection, who: MapViewer) -> dict[str, Journey]:
    return who.select_visible(dict(journeys.list_current(tx)))


def assumed_zone(tx: Connection, who: MapViewer) -> ZoneInfo:
    """The clock of a place where somebody who sees these journeys can be thought to be."""
    found = visible_journeys(tx, who)
    return next(iter(found.values())).zone if found else ZoneInfo("UTC")
