"""Maps to draw: a bike shop written by hand, and a strategy for any map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cjm.drawing.gauge import GAUGES
from cjm.drawing.primitives import Weight
from cjm.figures.journey_map import (
    Barrier,
    ChangeDirection,
    Comparison,
    FigureChange,
    JourneyMap,
    MapKind,
    MapTotals,
    MixShift,
    MixSubject,
    Period,
    StageFigures,
    StageTime,
    TouchpointFigures,
)
from cjm.figures.map_parts.contrast import Contrast, MeaningBreak
from cjm.figures.map_parts.voice import Voice
from cjm.figures.people import CountBasis
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale
from tests.cjm.drawing.map_parts import FULL_HAND_OVERS, full_parts, hand_overs, part_strategies

JUDGE_FROM, MINIMUM = 10, 5
ROW_KINDS = (MapKind.CURRENT, MapKind.FUTURE, MapKind.DIFFERENCE, MapKind.BLUEPRINT)
"""Kinds that the usual layouts draw; the others have pictures and tests of their own."""
UNEVEN = Comparison(Period(date(2025, 11, 13), date(2025, 11, 22)), Period(date(2025, 11, 3), date(2025, 11, 12)))
DAY = 86_400.0


def fixed_width(text: str, px: float, weight: Weight) -> float:
    """Measure text in an invented font whose letters are all equally wide."""
    return len(text) * px * (0.62 if weight is Weight.BOLD else 0.56)


def score(value: float, margin: float, n: int, scale: Scale = Scale.CSAT, answers: int | None = None) -> Score:
    """Return a score as counters would give it: withheld or grey by ``n``, its interval inside the scale."""
    if n < MINIMUM:
        return Score(n, answers or n, None, None, None, None, None, Verdict.WITHHELD)
    gauge = GAUGES[scale]
    least, most = gauge.spec.bounds
    low, high = max(least, value - margin), min(most, value + margin)
    verdict = Verdict.OK if n >= JUDGE_FROM else Verdict.GREY
    return Score(n, answers or n, value, low, high, value, None, verdict)


def share(value: float, n: int) -> Score:
    return score(value, 196 * math.sqrt(max(value * (100 - value), 400) / 10_000 / n), n) if n else score(0, 0, 0)


def touchpoint(title: str, channel: str, value: float = 0, n: int = 0, *, moment: bool = False) -> TouchpointFigures:
    scores = {Scale.CSAT: share(value, n)} if n else {}
    return TouchpointFigures(title, title, channel, moment, 2 * n, 0, scores)


def stage(
    title: str,
    value: float = 0,
    n: int = 0,
    before: float | None = None,
    direction: ChangeDirection = ChangeDirection.SAME,
    touchpoints: Sequence[TouchpointFigures] = (),
    barriers: Sequence[Barrier] = (),
    voices: Sequence[Voice] = (),
    goal: str = "",
) -> StageFigures:
    return StageFigures(
        key=title,
        title=title,
        goal=goal,
        customers=4 * n,
        conversion=score(62, 4, 5 * n) if n else None,
        on_the_way=n // 9,
        time=StageTime(2 * DAY, 5 * DAY, 5 * n, 1.6 * DAY, 2.4 * DAY) if n else None,
        scores={Scale.CSAT: share(value, n)} if n else {},
        before={} if before is None else {Scale.CSAT: share(before, 90)},
        change=change_of(direction, None if before is None else value - before, n),
        target=75.0,
        visits=3 * n,
        complaints=n // 10,
        support=n // 12,
        barriers=tuple(barriers),
        voices=tuple(voices),
        touchpoints=tuple(touchpoints),
        walks=5 * n,
    )


def change_of(direction: ChangeDirection, points: float | None, n: int) -> FigureChange:
    """Return a change as a test would give it: its interval lies on one side of zero only when something changed."""
    if points is None:
        return FigureChange(direction)
    is_proven = direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
    margin = 0.7 * abs(points) if is_proven else abs(points) + 5
    return FigureChange(direction, points, points - margin, points + margin, is_small=n < 100)


def journey_map(
    stages: Sequence[StageFigures],
    *,
    language: str = "en",
    scale: Scale = Scale.CSAT,
    weakest: str | None = None,
    best: str | None = None,
) -> JourneyMap:
    answers = sum(found.scores[scale].answers for found in stages if scale in found.scores)
    return JourneyMap(
        journey="bike",
        title="Buying a bike in our shop",
        purpose="Where do we lose people after they pay?",
        kind=MapKind.CURRENT,
        period=Period(date(2025, 10, 26), date(2025, 11, 22)),
        before=Period(date(2025, 9, 28), date(2025, 10, 25)),
        as_of=datetime(2025, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw")),
        segment=None,
        segment_title=None,
        channel=None,
        language=language,
        scale=scale,
        judge_from=JUDGE_FROM,
        minimum=MINIMUM,
        totals=MapTotals(318, 900, 700, answers, 0.55, 26, still_open=42, support=19),
        stages=tuple(stages),
        comparison=Comparison(
            Period(date(2025, 10, 26), date(2025, 11, 22)), Period(date(2025, 9, 28), date(2025, 10, 25))
        ),
        weakest=weakest,
        best=best,
    )


def bike_shop() -> JourneyMap:
    """Five stages: good, middling, better than before, worse than before, and one that must be withheld."""
    stages = link_stages([*_stages_until_purchase(), *_stages_after_purchase()])
    return journey_map(stages, weakest="After purchase", best="Purchase")


def link_stages(stages: Sequence[StageFigures]) -> list[StageFigures]:
    """Return stages whose conversions agree with the walks of the next one."""
    linked = [
        replace(each, conversion=share(100 * after.walks / each.walks, each.walks)) for each, after in pairwise(stages)
    ]
    return [*linked, stages[-1]]


def full_shop() -> JourneyMap:
    """The same shop with something in every lane: targets, channels, measures, amounts, typed texts, changes."""
    shop = bike_shop()
    parts = full_parts(share)
    stages_ = tuple(replace(found, **part) for found, part in zip(shop.stages, parts, strict=True))
    scenario = "Somebody who rides to work chooses a bike at home, orders it and has it brought"
    return replace(shop, scenario=scenario, stages=stages_, hand_overs=FULL_HAND_OVERS)


def long_shop(count: int) -> JourneyMap:
    """The full shop with so many stages: its own ones again and again, the weakest once."""
    shop = full_shop()
    several = [
        replace(shop.stages[i % 5], key=f"{shop.stages[i % 5].key} {i // 5}" if i > 4 else shop.stages[i].key)
        for i in range(count)
    ]
    return replace(shop, stages=tuple(several))


def talkative_shop() -> JourneyMap:
    """The full shop where quotes, barriers, guesses and changes are 10,000 characters long."""
    many = "Ждать пришлось очень долго, a nikt nie zadzwonił. " * 200
    shop = full_shop()
    stages_ = tuple(
        replace(
            found,
            goal=many,
            voices=tuple(Voice(f"{i} {many}", i) for i in range(3)),
            barriers=(Barrier(many, 12),),
            typed=tuple(replace(each, does=many, thinks=many, backstage=many, systems=many) for each in found.typed),
            changes=tuple(replace(each, title=many, owner=many) for each in found.changes),
        )
        for found in shop.stages
    )
    return replace(shop, title=many, purpose=many, scenario=many, stages=stages_)


def weekly_bike_shop() -> JourneyMap:
    """The same shop in a digest: its marks compare a week with the four before, its figures are of four weeks."""
    week = Comparison(Period(date(2025, 11, 16), date(2025, 11, 22)), Period(date(2025, 10, 19), date(2025, 11, 15)))
    return replace(bike_shop(), comparison=week)


def big_shop() -> JourneyMap:
    """The same shop with thousands of customers who come back: people are estimates, or at most so many."""
    bases = [CountBasis.ABOUT, CountBasis.ABOUT, CountBasis.AT_MOST, CountBasis.ABOUT, CountBasis.EXACT]
    found = bike_shop()
    grown = [
        replace(
            each,
            customers=47 * each.customers,
            customers_is=basis,
            walks=71 * each.walks,
            visits=80 * each.visits,
            support=80 * each.support,
            complaints=80 * each.complaints,
            scores={s: _grow(known, basis) for s, known in each.scores.items()},
            touchpoints=tuple(
                replace(t, scores={s: _grow(known, basis) for s, known in t.scores.items()}) for t in each.touchpoints
            ),
        )
        for each, basis in zip(found.stages, bases, strict=True)
    ]
    totals = MapTotals(31_823, 90_311, 70_120, 54_777, 0.55, 2_611, 4_210, 1_950, CountBasis.ABOUT)
    return replace(found, stages=tuple(grown), totals=totals)


def _grow(known: Score, basis: CountBasis) -> Score:
    return known if known.value is None else replace(known, n=47 * known.n, answers=71 * known.n, n_is=basis)


def anonymous_shop() -> JourneyMap:
    """The same shop where nobody is known: its figures count answers."""
    return replace(bike_shop(), counts_people=False, minimum=10, judge_from=20)


def shop_with_other_answers() -> JourneyMap:
    """The same shop after its mix moved: touchpoints of one stage, customers of another, with every scale."""
    stages = list(bike_shop().stages)
    place = MixShift(MixSubject.TOUCHPOINTS, "Catalogue", 0.2, 0.62, is_lower=False)
    people = MixShift(MixSubject.SEGMENTS, "New customers", 0.18, 0.44, is_lower=True)
    others = {
        Scale.EMOTION: score(1.1, 0.2, 64, Scale.EMOTION),
        Scale.CES: score(5.9, 0.4, 44, Scale.CES),
        Scale.NPS: score(-12, 31, 41, Scale.NPS),
        Scale.EXPECTATION: score(25, 22, 38, Scale.EXPECTATION),
    }
    stages[1] = replace(
        stages[1],
        scores={Scale.CSAT: share(72, 164), **others},
        before={Scale.CSAT: share(63, 150)},
        change=FigureChange(ChangeDirection.WORSE, -15, -24, -6, place),
    )
    stages[3] = replace(stages[3], change=FigureChange(ChangeDirection.MIX, -16, -25, -7, people))
    return replace(bike_shop(), stages=tuple(stages), weakest=None, best=None)


def _stages_until_purchase() -> list[StageFigures]:
    return [
        stage(
            "Awareness",
            78,
            182,
            76,
            touchpoints=[touchpoint("Search results", "search", 68, 60)],
            barriers=[Barrier("Shop hours are wrong", 9)],
            voices=[Voice("Found you in a minute, nice photos.", 4)],
            goal="Find out whether this shop is for me",
        ),
        stage(
            "Consideration",
            64,
            164,
            66,
            touchpoints=[
                touchpoint("Size adviser", "chat", 53, 58, moment=True),
                touchpoint("Catalogue", "site", 67, 88),
            ],
            barriers=[Barrier("Sizes hard to compare", 21)],
            voices=[Voice("Three pages open and I still guessed.", 2)],
            goal="Find my size and choose without mistakes",
        ),
        stage(
            "Purchase",
            85,
            151,
            74,
            ChangeDirection.BETTER,
            [touchpoint("Pay by link", "site", 79, 66)],
            voices=[Voice("Paid in two taps. Lovely.", 4)],
            goal="Pay quickly and without surprises",
        ),
    ]


def _stages_after_purchase() -> list[StageFigures]:
    return [
        stage(
            "After purchase",
            47,
            120,
            63,
            ChangeDirection.WORSE,
            [touchpoint("Delivery day", "courier", 34, 64, moment=True), touchpoint("Packaging", "mail", 83, 18)],
            [Barrier("Late, and nobody called", 31)],
            [Voice("I waited all day, nobody called.", 0)],
            "Get it whole and on the day",
        ),
        stage("Loyalty", 75, 4, touchpoints=[touchpoint("Club e-mail", "email", 60, 3)], goal="Come back for service"),
    ]


def without_answers(map_: JourneyMap) -> JourneyMap:
    """The same journey before anybody was asked."""
    stages = [
        replace(
            stage(look.title, goal=look.goal, touchpoints=[touchpoint(t.title, t.channel) for t in look.touchpoints]),
            target=None,
        )
        for look in map_.stages
    ]
    return replace(map_, stages=tuple(stages), totals=MapTotals(0, 0, 0, 0, None, 0))


# ---------------------------------------------------------------------- any map at all

LONG = (
    "Waiting for the courier, and all that happens until the call: ожидание звонка, przełożenie terminu i potwierdzenie"
)
tame = [
    "",
    "Pay",
    LONG,
    LONG * 4,
    "W" * 90,
    "Donaudampfschifffahrt " * 3,
    "word " * 100,
    "i " * 60,
    "a\u00a0b " * 9,
    "a,b.c;" * 20,
]
wild = [
    "😀",
    "<b>now</b> &amp;",
    "nul\x00\nline",
    "\u202eevil",
    "中文评论",
    "שלום",
    "👩‍👩‍👧",
    "\ud800",
    "95\u202f%",
    "…",
]
typed = st.sampled_from(tame) | st.sampled_from(wild)
texts = typed | st.lists(typed, max_size=3).map(" ".join) | st.text(max_size=120)
counts = st.sampled_from([0, 1, 4, 5, 9, 10, 40, 1_234_567])


times = st.builds(
    StageTime,
    st.none() | st.just(3 * DAY),
    st.none() | st.just(400 * DAY),
    counts,
    st.none() | st.just(9_000.0),
    st.none() | st.just(4.4 * DAY),
)
shifts = st.builds(
    MixShift, st.sampled_from(MixSubject), texts, st.sampled_from([0.0, 0.3]), st.just(0.2), st.booleans()
)


@st.composite
def scores(draw: st.DrawFn, scale: Scale) -> Score | None:
    gauge, n = GAUGES[scale], draw(counts)
    least, most = gauge.spec.bounds
    if not n:
        return None
    value = draw(st.sampled_from([least, *gauge.spec.mood_edges, most, (least + most) / 3]))
    margin = draw(st.sampled_from([0.0, 0.05, 0.3])) * (most - least)
    found = score(value, margin, n, scale, draw(st.sampled_from([n, 3 * n])))
    return replace(found, n_is=draw(st.sampled_from(CountBasis)))


@st.composite
def score_tables(draw: st.DrawFn, scale: Scale) -> Mapping[Scale, Score]:
    scales = [scale, *draw(st.lists(st.sampled_from(Scale), max_size=3))]
    return {each: found for each in scales if (found := draw(scores(each))) is not None}


@st.composite
def touchpoints(draw: st.DrawFn, scale: Scale) -> TouchpointFigures:
    channel = draw(st.sampled_from(["site", "courier", "teleport"]))
    return TouchpointFigures("t", draw(texts), channel, draw(st.booleans()), draw(counts), 0, draw(score_tables(scale)))


@st.composite
def stages(draw: st.DrawFn, scale: Scale) -> StageFigures:
    gauge = GAUGES[scale]
    least, most = gauge.spec.bounds
    return StageFigures(
        key="s",
        title=draw(texts),
        goal=draw(texts),
        customers=draw(counts),
        conversion=draw(scores(Scale.CSAT)),
        on_the_way=draw(counts),
        time=draw(st.none() | times),
        scores=draw(score_tables(scale)),
        before=draw(score_tables(scale)),
        change=FigureChange(
            draw(st.sampled_from(ChangeDirection)),
            draw(st.none() | st.sampled_from([-most, 0.04, most])),
            *draw(st.sampled_from([(None, None), (-most, -0.3), (0.2, most)])),
            draw(st.none() | shifts),
            draw(st.booleans()),
        ),
        target=draw(st.none() | st.sampled_from([least, gauge.spec.mood_edges[2], most])),
        visits=draw(counts),
        complaints=draw(counts),
        support=draw(counts),
        barriers=tuple(draw(st.lists(st.builds(Barrier, texts, counts), max_size=5))),
        voices=tuple(
            draw(st.lists(st.builds(Voice, texts, st.none() | st.integers(0, 4), recalled=st.booleans()), max_size=3))
        ),
        touchpoints=tuple(draw(st.lists(touchpoints(scale), max_size=9))),
        walks=draw(counts),
        customers_is=draw(st.sampled_from(CountBasis)),
        **{name: draw(part) for name, part in part_strategies(texts, scores(Scale.CSAT), scale).items()},
    )


breaks = st.builds(
    MeaningBreak,
    st.just(date(2026, 3, 2)),
    st.sampled_from([(), ("s",), ("s", "gone")]),
    st.booleans(),
    st.sampled_from([(), ("t", "gone")]),
)
contrasts = st.builds(
    Contrast,
    texts,
    texts,
    counts,
    st.sampled_from(CountBasis),
    st.none() | st.just("other"),
    st.booleans(),
)


@st.composite
def maps(draw: st.DrawFn) -> JourneyMap:
    scale = draw(st.sampled_from(Scale))
    found = draw(st.lists(stages(scale), min_size=1, max_size=3))
    several = (found * 12)[: draw(st.integers(1, 12))]
    kind = draw(st.sampled_from(ROW_KINDS))
    return replace(
        journey_map(several, language=draw(st.sampled_from(["en", "ru", "pl"])), scale=scale),
        title=draw(texts),
        purpose=draw(texts),
        scenario=draw(texts),
        segment_title=draw(st.none() | texts),
        channel=draw(st.none() | st.sampled_from(["courier", "teleport"])),
        notes=tuple(draw(st.lists(texts, max_size=5))),
        totals=MapTotals(
            draw(counts),
            draw(counts),
            draw(counts),
            draw(counts),
            draw(st.none() | st.just(0.5)),
            draw(counts),
            draw(counts),
            draw(counts),
            draw(st.sampled_from(CountBasis)),
        ),
        comparison=draw(st.sampled_from([None, bike_shop().comparison, weekly_bike_shop().comparison, UNEVEN])),
        weakest=draw(st.none() | st.just("s")),
        counts_people=draw(st.booleans()),
        hand_overs=draw(hand_overs),
        kind=kind,
        contrast=draw(contrasts) if kind is MapKind.DIFFERENCE else None,
        breaks=tuple(draw(st.lists(breaks, max_size=3))),
    )
