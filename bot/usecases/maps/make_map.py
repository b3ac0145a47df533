"""Make a JourneyMap from the counters, and from a bounded number of rows where these make its figures exact.

Invariants:
* All figures, words and notes of a map come from one state of the database.
* The time a map takes depends on the journey's size and the period, not on the number of answers.
* Its marks of change come from one test of all stages: the period against the one before it, or one side of a
  difference against the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import map_sums
from bot.db.journeys import journeys
from bot.texts import words_in
from bot.usecases.maps.apart.figure_reader import FigureReader
from bot.usecases.maps.explain_changes import find_map_changes
from bot.usecases.maps.read_asking import read_heard
from bot.usecases.maps.read_changes import add_changes
from bot.usecases.maps.read_contrast import make_difference, read_breaks
from bot.usecases.maps.read_day import add_day
from bot.usecases.maps.read_map import MapChoice, MapSide, read_map
from bot.usecases.maps.read_personas import add_personas
from cjm.errors import TropaError
from cjm.figures.contrasts.requested_side import WAYS, SideError, check_segments, read_other_side
from cjm.figures.findings.comparisons import mark_map
from cjm.figures.journey_map import ABOUT_PERSONAS, Comparison, JourneyMap, MapKind, Period
from cjm.figures.map_view import FIRST_DAY
from cjm.figures.score import Verdict
from cjm.journeys.journey import CHANNELS, Journey, Segment
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.mistake_wording import find_similar, join_names, list_journeys
from cjm.wall_clock import YEARS

USUAL_DAYS = 28
USUAL_REMINDER = timedelta(hours=48)
"""Time after which an unanswered invitation is reminded of, unless the settings say another one."""


class MapError(TropaError):
    """The journey, the segment or the channel of a request does not exist, or its period is not possible."""


class PeriodError(MapError):
    """The period of a request is not possible."""


class CompareError(MapError):
    """The kind of a map and what it is compared with do not fit together, or the other side is not possible."""


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Choice of a map: a journey by key, a period, and what the map is narrowed to.

    The period ends on ``last`` (else today, in the journey's zone) and begins on ``first``; without ``first`` it has
    ``days`` days. ``language`` None is the journey's own. ``with_heard`` adds who of the visitors was heard, which
    reads rows of single people, ``with_channels`` the channels of each stage. ``compare`` names the other side of a
    difference map: ``before``, ``year``, two days ``FROM/TO``, or ``segment:KEY``; ``kind`` None then is the
    difference, else the current map.
    """

    journey: str
    first: date | None = None
    last: date | None = None
    days: int = USUAL_DAYS
    segment: str | None = None
    channel: str | None = None
    language: str | None = None
    with_heard: bool = False
    with_channels: bool = False
    kind: MapKind | None = None
    compare: str | None = None


@dataclass(frozen=True, slots=True)
class MapQuery:
    """Question for a map; `make_map` answers it."""

    request: MapRequest
    minimum: int
    remind_after: timedelta

    def __call__(self, tx: Connection, now: datetime) -> JourneyMap:
        return make_map(tx, self.request, self.minimum, now, self.remind_after)


class MakeMap:
    """``await make_map(MapRequest("shop")) -> JourneyMap``. Raises MapError with a sentence for people.

    ``remind_after`` is the time after which an unanswered invitation is reminded of: before, it is still open.
    ``figures``: a reader that is shared with others.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        minimum: int,
        remind_after: timedelta = USUAL_REMINDER,
        figures: FigureReader | None = None,
    ) -> None:
        self._figures, self._minimum, self._remind_after = figures or FigureReader(db, clock), minimum, remind_after

    async def __call__(self, request: MapRequest) -> JourneyMap:
        return await self._figures.read(MapQuery(request, self._minimum, self._remind_after))


def make_map(
    tx: Connection, request: MapRequest, minimum: int, now: datetime, remind_after: timedelta = USUAL_REMINDER
) -> JourneyMap:
    """Return the map of the period, compared with as many days just before or as was asked. Raises MapError."""
    choice = find_map_choice(tx, request, now)
    reading = read_map(tx, choice, minimum, now, remind_after)
    marked = mark_map(reading.map, find_map_changes(tx, reading), Comparison(reading.map.period, reading.map.before))
    marked = replace(marked, breaks=read_breaks(tx, reading, [reading.map.period, reading.map.before]))
    if choice.other is not None:
        marked = make_difference(reading, choice.other, marked)
    elif request.kind is not None:
        marked = replace(marked, kind=request.kind)
    marked = add_changes(tx, choice, marked, minimum)
    if marked.kind in ABOUT_PERSONAS:
        marked = add_personas(tx, reading, marked, minimum)
    if marked.kind is MapKind.DAY:
        marked = add_day(tx, reading, marked, minimum, remind_after, now)
    if request.with_heard:
        marked = replace(marked, heard=read_heard(tx, choice, minimum))
    return add_notes(tx, marked)


def find_map_choice(tx: Connection, request: MapRequest, now: datetime) -> MapChoice:
    """Return what a request asks for. Raises MapError."""
    journey = _find_journey(tx, request.journey)
    segment = None if request.segment is None else _find_segment(journey, request.segment)
    today = now.astimezone(journey.zone).date()
    period = requested_period(request, today)
    other = _find_other_side(request, journey, MapSide(period, segment), today)
    channel, language = _check_channel(request.channel), request.language or journey.language
    if request.kind in ABOUT_PERSONAS:
        _check_personas(journey, request)
    if request.kind is MapKind.DAY and channel is not None:
        raise CompareError("a day map is about all channels; leave out the channel")
    with_channels = request.with_channels or request.kind is MapKind.CHANNELS
    return MapChoice(journey, period, segment, channel, language, other, with_channels)


def _check_personas(journey: Journey, request: MapRequest) -> None:
    """Raise a CompareError where there is nothing to show: personas are told of all customers and channels."""
    if request.segment is not None or request.channel is not None:
        raise CompareError(f"a {request.kind} map is about all customers; leave out the segment and the channel")
    if not journey.personas:
        raise CompareError(f"the journey {journey.key} has no personas; its file can describe them")
    if request.kind is MapKind.PERSONAS and not any(persona.where for persona in journey.personas):
        raise CompareError(f"no persona of the journey {journey.key} has a rule (where) that says who belongs to it")


def _find_other_side(request: MapRequest, journey: Journey, side: MapSide, today: date) -> MapSide | None:
    """Return the other side of a difference; None for another kind of map."""
    if request.compare is None:
        if request.kind is MapKind.DIFFERENCE:
            raise CompareError(f"a difference map needs another side; compare with {WAYS}")
        return None
    if request.kind not in (None, MapKind.DIFFERENCE):
        raise CompareError(f"a {request.kind} map has no other side; only a difference map compares")
    try:
        other = read_other_side(request.compare, side.period, today)
        if isinstance(other, Period):
            return MapSide(other, side.segment)
        found = _find_segment(journey, other.key)
        check_segments(side.segment, found)
    except SideError as error:
        raise CompareError(str(error)) from None
    return MapSide(side.period, found)


def add_notes(tx: Connection, journey_map: JourneyMap) -> JourneyMap:
    """Return the map with words about what is missing."""
    latest_day = map_sums.find_latest_day(tx, journey_map.journey)
    notes = (*note_missing_plan(journey_map), *note_missing_figures(journey_map, latest_day))
    return replace(journey_map, notes=notes)


def _find_journey(tx: Connection, key: str) -> Journey:
    current = journeys.list_current(tx)
    if key not in current:
        similar = find_similar(key, current)
        hint = f'did you mean "{similar}"?' if similar else list_journeys(current)
        raise MapError(f'there is no journey "{key[:40]}"; {hint}')
    return current[key]


def _find_segment(journey: Journey, key: str) -> Segment:
    """Return a segment of a journey. Raises MapError."""
    segment = journey.find_segment(key)
    if segment is None:
        known = join_names([s.key for s in journey.segments]) or "none"
        raise MapError(f'the journey {journey.key} has no segment "{key[:40]}"; it has: {known}')
    return segment


def _check_channel(key: str | None) -> str | None:
    if key is not None and key not in CHANNELS:
        similar = find_similar(key, CHANNELS)
        hint = f'did you mean "{similar}"?' if similar else f"channels are {', '.join(CHANNELS)}"
        raise MapError(f'there is no channel "{key[:40]}"; {hint}')
    return key


def requested_period(request: MapRequest, today: date) -> Period:
    """Return the period of a request, from ``FIRST_DAY`` on and begun already. Raises PeriodError."""
    last = request.last or today
    if last.year not in YEARS:
        raise PeriodError(f"a map's last day is in the years {YEARS.start} to {YEARS[-1]}")
    days = (last - request.first).days + 1 if request.first else request.days
    if request.first and request.first > today:
        raise PeriodError(_not_begun(request.first))
    if days < 1:
        raise PeriodError("the period ends before it begins" if request.first else "a map shows 1 day or more")
    if days > (last - FIRST_DAY).days + 1:
        raise PeriodError(f"a map begins on {FIRST_DAY} or later: no journey has answers before")
    first = last - timedelta(days=days - 1)
    if first > today:
        raise PeriodError(_not_begun(first))
    return Period(first, last)


def _not_begun(first: date) -> str:
    return f"nothing has happened yet: the period begins on {first}, after today"


def note_missing_plan(journey_map: JourneyMap) -> Iterable[str]:
    """Say on a future map that the journey has neither targets nor touchpoints that are planned or to go."""
    is_planned = any(
        stage.targets or any(typed.status is not TouchpointStatus.LIVE for typed in stage.typed)
        for stage in journey_map.stages
    )
    if journey_map.kind is MapKind.FUTURE and not is_planned:
        yield words_in(journey_map.language)("figures.no_plan")


def note_missing_figures(journey_map: JourneyMap, latest_day: date | None) -> Iterable[str]:
    """Say what is missing, in the map's language, until a stage can be judged.

    ``latest_day`` is the newest day with any counts, in any period, or None.
    """
    words, totals = words_in(journey_map.language), journey_map.totals
    scores = [score for stage in journey_map.stages for score in stage.scores.values()]
    if any(score.verdict is Verdict.OK for score in scores):
        return
    most_people = max((score.n for score in scores), default=0)
    period = journey_map.period
    if totals.visits == 0 and most_people == 0:
        if latest_day is None:
            yield words("figures.no_visits")
        elif period.first <= latest_day <= period.last:  # of other customers, or at other channels
            yield words("figures.nothing_here")
        else:
            yield words("figures.elsewhere", day=words.day(latest_day, year=True))
    elif totals.invitations == 0 and most_people == 0:
        yield words("figures.nobody_asked", n=totals.visits)
    else:
        yield from _note_missing_people(journey_map, most_people)


def _note_missing_people(journey_map: JourneyMap, most_people: int) -> Iterable[str]:
    """Say how many answered at the stage with most of them, and how many more are needed."""
    words, invited = words_in(journey_map.language), journey_map.totals.invitations
    is_known = journey_map.counts_people
    # More than were invited: most answers were imported, and "1 asked, 8 answered" would be no sense.
    if invited and most_people <= invited:
        yield words("figures.so_far", invited=words.number(invited), answered=words.number(most_people))
    else:
        yield words("figures.answered.people" if is_known else "figures.answered.answers", n=most_people)
    ending = "" if is_known else ".answers"
    if most_people < journey_map.minimum:
        yield words(f"figures.more_to_show{ending}", n=journey_map.minimum - most_people)
    # The verdict counts the people that are certainly there: "about" as many as are needed may be too few.
    yield words(f"figures.more_to_judge{ending}", n=max(1, journey_map.judge_from - most_people))
