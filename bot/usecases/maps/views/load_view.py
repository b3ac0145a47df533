"""Load what a view of a journey shows, from one state of the database, so that picture and words agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.db.cases import cases
from bot.db.engine.database import Connection
from bot.db.figures.voices import VoiceRow
from bot.outbox.letters.digest_words import DigestReport
from bot.usecases.audit.record_look import list_map_writers
from bot.usecases.cases.list_cases import select_cases_at
from bot.usecases.maps.make_digest import make_digest
from bot.usecases.maps.make_map import USUAL_DAYS, MapError, MapRequest, find_map_choice, make_map
from bot.usecases.maps.read_asking import read_asking_report
from bot.usecases.maps.views.read_voices import VoicePage, read_voice_page
from bot.usecases.teams.recognize_viewer import MapRights, visible_journeys
from cjm.drawing import Layout, count_pages
from cjm.figures.contrasts.requested_side import SEGMENT_PREFIX
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap, MapKind, StageFigures, TouchpointFigures
from cjm.figures.map_parts.persona_figures import PersonaFigures
from cjm.figures.map_view import ABOUT_ASKING, OF_EVERYONE, MapView, ViewContent, drop_missing_choices
from cjm.figures.score import Verdict
from cjm.figures.views.voice_filter import ShownTheme, list_shown_themes
from cjm.journeys.journey import Journey

_WITH_QUOTES = (ViewContent.MAP, ViewContent.DIGEST, ViewContent.STAGE)  # pictures and a stage's page show quotes
_KINDS = {
    ViewContent.PERSONA: MapKind.PERSONA,
    ViewContent.PERSONAS: MapKind.PERSONAS,
    ViewContent.CHANNELS: MapKind.CHANNELS,
}
_WITH_PLACE = (ViewContent.STAGE, ViewContent.VOICES)  # and with how many open cases there are


class KindRefusal(StrEnum):
    """Reason why a view shows the current map instead of the kind that was chosen: the journey or the days changed."""

    NO_SEGMENT = "no_segment"  # the segment of the other side is gone
    ALIKE_SEGMENTS = "alike_segments"  # one of two segments includes the other now, or this side has none
    NO_DAYS = "no_days"  # the days to compare with lie before the first day of all
    NO_PERSONAS = "no_personas"  # no persona has a rule any more


@dataclass(frozen=True, slots=True)
class ViewedMap:
    """Everything that a message about a journey shows, and what its buttons need to know.

    ``digest`` is there when the view's content is the digest; ``map`` is then the digest's own map. ``voice_page`` is
    filled for VOICES, ``asking`` for the contents about the asking.
    ``open_cases`` counts those about the view's place. ``themes`` are the reasons that voices can be narrowed to.
    ``lost_segment`` is True if the view was narrowed to a segment that the journey no longer has. ``kind_refusal`` is
    why the map is the current one, though another kind was chosen. ``view_id`` is the stored view that its buttons
    change; it is set last, as views of several chats may show the same.
    """

    view: MapView
    journey: Journey
    map: JourneyMap
    journey_titles: Mapping[str, str]  # of all journeys that the viewer may see
    today: date
    voice_page: VoicePage = field(default_factory=VoicePage)
    digest: DigestReport | None = None
    asking: AskingReport | None = None
    open_cases: int = 0
    themes: tuple[ShownTheme, ...] = ()
    lost_segment: bool = False
    may_plan: bool = False  # changes: the viewer is a manager in their own chat
    kind_refusal: KindRefusal | None = None
    view_id: int = 0

    @property
    def voices(self) -> tuple[VoiceRow, ...]:
        return self.voice_page.voices

    @property
    def has_several_journeys(self) -> bool:
        return len(self.journey_titles) > 1

    @property
    def quote_writers(self) -> list[int | None]:
        """Writer of each quote that can be seen, None where a quote names nobody."""
        if self.view.content is ViewContent.VOICES:
            return [voice.writer for voice in self.voices]
        if self.persona is not None:
            return [self.persona.voice.writer] if self.persona.voice is not None else []
        return list_map_writers(self.map) if self.view.content in _WITH_QUOTES else []

    @property
    def persona(self) -> PersonaFigures | None:
        """The persona whose card is shown; None for other contents, and where the journey has no personas."""
        personas = self.map.personas if self.view.content is ViewContent.PERSONA else ()
        return personas[min(self.view.page, len(personas) - 1)] if personas else None

    @property
    def page_count(self) -> int:
        """Number of pages that the picture needs on a phone."""
        return count_pages(self.map, Layout.PHONE)

    @property
    def stage(self) -> StageFigures | None:
        """Figures of the stage that the view is about, also when it is about one of its touchpoints."""
        place = self.journey.find_place(self.view.place) if self.view.place else None
        return next((s for s in self.map.stages if place is not None and s.key == place.stage.key), None)

    def has_words(self, part: StageFigures | TouchpointFigures) -> bool:
        """Return whether words about a stage or touchpoint may be shown: one of its figures is."""
        return any(score.verdict is not Verdict.WITHHELD for score in part.scores.values())

    @property
    def touchpoint(self) -> TouchpointFigures | None:
        """Figures of the touchpoint that the view is about."""
        points = self.stage.touchpoints if self.stage is not None else ()
        return next((point for point in points if point.key == self.view.place), None)


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """Question for what a view shows to those with these rights; None when they may not see its journey.

    ``minimum`` is the number of people of whom a figure may tell. A map ``as_file`` has the channels of stages, too.
    """

    view: MapView
    rights: MapRights
    minimum: int
    remind_after: timedelta
    as_file: bool = False

    def __call__(self, tx: Connection, now: datetime) -> ViewedMap | None:
        language, found = self.rights.language, self.view
        visible = visible_journeys(tx, self.rights)
        if found.journey not in visible:
            return None
        journey = visible[found.journey]
        view = drop_missing_choices(found, journey)
        digest = self._make_digest(tx, view, now)
        request = replace(_request(view, language), with_channels=self.as_file)
        journey_map, refusal = (digest.map, None) if digest else self._make_map(tx, request, journey, now)
        has_voices = view.content is ViewContent.VOICES
        return ViewedMap(
            view=view,
            journey=journey,
            map=journey_map,
            journey_titles={key: other.title.in_language(language) for key, other in visible.items()},
            today=now.astimezone(journey.zone).date(),
            voice_page=read_voice_page(tx, view, journey, journey_map) if has_voices else VoicePage(),
            digest=digest,
            asking=self._read_asking(tx, view, journey_map, now),
            open_cases=_count_open_cases(tx, view, journey),
            themes=_list_themes(view, journey, journey_map),
            lost_segment=found.segment is not None and view.segment is None,
            may_plan=self.rights.is_manager,
            kind_refusal=refusal,
        )

    def _read_asking(
        self, tx: Connection, view: MapView, journey_map: JourneyMap, now: datetime
    ) -> AskingReport | None:
        if view.content not in ABOUT_ASKING:
            return None
        choice = find_map_choice(tx, _request(view, journey_map.language), now)
        rate = journey_map.totals.response_rate
        return read_asking_report(tx, choice, self.minimum, now, self.remind_after, rate)

    def _make_digest(self, tx: Connection, view: MapView, now: datetime) -> DigestReport | None:
        if view.content is not ViewContent.DIGEST:
            return None
        request = MapRequest(view.journey, last=view.last, days=USUAL_DAYS, language=self.rights.language)
        return make_digest(tx, request, self.minimum, now, self.remind_after)

    def _make_map(
        self, tx: Connection, request: MapRequest, journey: Journey, now: datetime
    ) -> tuple[JourneyMap, KindRefusal | None]:
        """Return the map, and why it is not of the kind that was chosen where the journey or the days changed since."""
        plain = replace(request, kind=None, compare=None)
        try:
            return make_map(tx, request, self.minimum, now, self.remind_after), None
        except MapError:
            if plain == request:
                raise
            found = make_map(tx, plain, self.minimum, now, self.remind_after)
            return found, _find_refusal(request, journey)


def _find_refusal(request: MapRequest, journey: Journey) -> KindRefusal | None:
    """Return why the chosen kind cannot be shown; None without any personas, as the screen says so itself."""
    if request.compare is None:
        return KindRefusal.NO_PERSONAS if journey.personas else None
    if not request.compare.startswith(SEGMENT_PREFIX):
        return KindRefusal.NO_DAYS
    other = journey.find_segment(request.compare.removeprefix(SEGMENT_PREFIX))
    return KindRefusal.NO_SEGMENT if other is None else KindRefusal.ALIKE_SEGMENTS


def _request(view: MapView, language: str) -> MapRequest:
    """Return the request for what a view shows; personas are told of everyone."""
    is_map, kind = view.base is ViewContent.MAP, _KINDS.get(view.content)
    is_narrow = view.content not in OF_EVERYONE
    return MapRequest(
        view.journey,
        last=view.last,
        days=view.days,
        segment=view.segment if is_narrow else None,
        channel=view.channel if is_narrow else None,
        language=language,
        kind=MapKind(view.kind) if is_map and view.kind else kind,
        compare=view.compare if is_map else None,
    )


def _count_open_cases(tx: Connection, view: MapView, journey: Journey) -> int:
    """Return how many cases about the view's place are open. Everybody who sees the journey may see its cases."""
    if view.content not in _WITH_PLACE or view.place is None:
        return 0
    return sum(cases.count_by_state(tx, select_cases_at(journey, view.place)).values())


def _list_themes(view: MapView, journey: Journey, journey_map: JourneyMap) -> tuple[ShownTheme, ...]:
    """Return the reasons that words can be narrowed to; none in an anonymous journey."""
    if view.content not in _WITH_PLACE or journey.anonymous:
        return ()
    return tuple(list_shown_themes(journey_map, journey, view.place))
