"""Make a map or a digest that leaves the chat, as a file or for a program, and record whose words go with it."""

from dataclasses import replace

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Database
from bot.outbox.letters.digest_words import DigestReport
from bot.usecases.audit.record_look import RecordLook, list_map_writers
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.make_map import MakeMap, MapError, MapRequest
from cjm.drawing import LanePreset, Layout, count_pages
from cjm.figures.journey_map import OF_STAGES, JourneyMap


class PageError(MapError):
    """The map has no page with this number."""


class LanesError(MapError):
    """The picture has no lanes to choose."""


def check_page(journey_map: JourneyMap, layout: Layout, page: int) -> None:
    """Raise PageError for a page, counted from 0, that the picture does not have."""
    pages = count_pages(journey_map, layout)
    if page >= pages:
        raise PageError(f"this picture has {pages} page{'' if pages == 1 else 's'}")


def check_lanes(journey_map: JourneyMap, layout: Layout, lanes: LanePreset) -> None:
    """Raise LanesError for lanes, other than those of each map, of a layout or a kind of map that has none."""
    if lanes is LanePreset.SIMPLE:
        return
    if layout is not Layout.WALL:
        raise LanesError(f"only a wall has lanes to choose, and this is a {layout}")
    if journey_map.kind not in OF_STAGES:
        raise LanesError(f"a {journey_map.kind} map has no lanes to choose")


class ExportMap:
    """``await export_map(MapRequest("shop")) -> JourneyMap``. Raises MapError with a sentence for people."""

    def __init__(self, db: Database, clock: Clock, make_map: MakeMap, actor: AuditActor) -> None:
        self._make_map, self._actor, self._record_look = make_map, actor, RecordLook(db, clock)

    async def __call__(self, request: MapRequest) -> JourneyMap:
        journey_map = await self._make_map(replace(request, with_heard=True, with_channels=True))
        await self._record_look(self._actor, AuditAction.EXPORT_MAP, journey_map.journey, list_map_writers(journey_map))
        return journey_map


class ExportDigest:
    """``await export_digest("shop", "en") -> DigestReport``. Raises MapError for a journey that does not exist."""

    def __init__(self, db: Database, clock: Clock, make_digest: MakeDigest, actor: AuditActor) -> None:
        self._make_digest, self._actor, self._record_look = make_digest, actor, RecordLook(db, clock)

    async def __call__(self, key: str, language: str | None = None) -> DigestReport:
        report = await self._make_digest(key, language)
        await self._record_look(self._actor, AuditAction.VIEW_DIGEST, key, list_map_writers(report.map))
        return report
