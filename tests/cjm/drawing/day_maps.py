"""Maps of a day in the life to draw: a shop written by hand, and a strategy for any."""

from dataclasses import replace

from hypothesis import strategies as st

from cjm.figures.day.day_figures import BestHour, DayFigures, DayPart, VisitedPlace
from cjm.figures.day.parts import PartOfDay
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_parts.voice import Voice
from cjm.journeys.parts.diary_question import DiaryQuestion
from tests.cjm.drawing.maps import bike_shop, maps, score, share

DOING, WISHING, HINDERED = DiaryQuestion


def _place(title: str, visits: int) -> VisitedPlace:
    return VisitedPlace(title, title, visits)


def day_shop() -> JourneyMap:
    """The bike shop by the part of the day: a weakest evening, a grey morning, a withheld night."""
    parts = (
        DayPart(PartOfDay.NIGHT, 31, 0, share(70, 4), (_place("Site", 22), _place("App", 9))),
        DayPart(
            PartOfDay.MORNING,
            96,
            1,
            share(78, 9),
            (_place("Site", 54), _place("Pick-up", 30), _place("Phone", 12)),
            {DOING: Voice("On the train to work, comparing two bikes."), WISHING: Voice("A list I can send my wife.")},
            7,
        ),
        DayPart(PartOfDay.MIDDAY, 142, 2, share(84, 61), (_place("Pick-up", 80), _place("Site", 62)), {}, None),
        DayPart(
            PartOfDay.AFTERNOON,
            203,
            3,
            share(76, 88),
            (_place("Pick-up", 120), _place("Courier", 60), _place("Site", 23)),
            {
                DOING: Voice("Picking up my daughter, then the bike."),
                WISHING: Voice("Ten minutes less in the queue."),
                HINDERED: Voice("Nobody could tell me when it is ready."),
            },
            9,
        ),
        DayPart(
            PartOfDay.EVENING,
            388,
            14,
            share(54, 156),
            (_place("Courier", 240), _place("Site", 101), _place("App", 47)),
            {HINDERED: Voice("The courier rang while the children were falling asleep.")},
            12,
        ),
    )
    day = DayFigures(parts, 25, PartOfDay.EVENING, PartOfDay.EVENING, BestHour(19, 0.62, 0.41, 118), 640)
    return replace(bike_shop(), kind=MapKind.DAY, day=day)


def plain_day(unknown: int = 0) -> JourneyMap:
    """Return a day without a visit of which more than the day is known."""
    day = DayFigures(tuple(DayPart(part) for part in PartOfDay))
    return replace(bike_shop(), kind=MapKind.DAY, day=replace(day, unknown=unknown))


_texts = st.sampled_from(
    ["A", "Pick-up", "Посмотреть примерочную с расширенным ассортиментом", "Курьер", "عميلة", "客" * 30, "x" * 90]
)


@st.composite
def day_maps(draw: st.DrawFn) -> JourneyMap:
    """Return any map of a day."""
    made = draw(maps())
    least, most = made.scale.spec.bounds

    def any_part(part: PartOfDay) -> DayPart:
        value, n = draw(st.floats(least, most)), draw(st.sampled_from([0, 2, 7, 60, 5238]))
        return DayPart(
            part,
            visits=draw(st.sampled_from([0, 1, 240, 1_234_567])),
            complaints=draw(st.sampled_from([0, 3, 12_345])),
            score=score(value, (most - least) / 8, n, made.scale) if n else None,
            places=tuple(_place(draw(_texts), 12_345) for _ in range(draw(st.integers(0, 3)))),
            quotes={question: Voice(draw(_texts) * 2) for question in DiaryQuestion if draw(st.booleans())},
            writers=draw(st.sampled_from([0, None, 7])),
        )

    day = DayFigures(
        parts=tuple(any_part(part) for part in PartOfDay),
        unknown=draw(st.sampled_from([0, 1, 5000])),
        busiest=draw(st.none() | st.sampled_from(PartOfDay)),
        weakest=draw(st.none() | st.sampled_from(PartOfDay)),
        best_hour=draw(st.sampled_from([None, BestHour(23, 0.62, 0.4, 130)])),
        asked=draw(st.sampled_from([0, 5000])),
        is_scored=draw(st.booleans()),
    )
    return replace(made, kind=MapKind.DAY, day=day, contrast=None)
