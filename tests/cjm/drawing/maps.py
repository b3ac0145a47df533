"""Maps to draw: a bike shop written by hand, and a strategy for any map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cjm.drawing.gauge import GAUGES
from cjm.drawing.primitives import Weight
from cjm.figures.journey_map import (
    Barrier,
    ChangeDirection,
    FigureChange,
    JourneyMap,
    MapKind,
    MapTotals,
    Period,
    StageFigures,
    StageTime,
    TouchpointFigures,
    Voice,
)
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale

JUDGE_FROM, MINIMUM = 10, 5
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
        conversion=score(62, 4, 4 * n) if n else None,
        on_the_way=n // 9,
        time=StageTime(2 * DAY, 5 * DAY) if n else None,
        scores={Scale.CSAT: share(value, n)} if n else {},
        before={} if before is None else {Scale.CSAT: share(before, 90)},
        change=FigureChange(direction, None if before is None else value - before),
        target=75.0,
        visits=3 * n,
        complaints=n // 10,
        support=n // 12,
        barriers=tuple(barriers),
        voices=tuple(voices),
        touchpoints=tuple(touchpoints),
    )


def journey_map(stages: Sequence[StageFigures], *, language: str = "en", scale: Scale = Scale.CSAT) -> JourneyMap:
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
        totals=MapTotals(318, 900, 700, answers, 0.55, 26),
        stages=tuple(stages),
    )


def bike_shop() -> JourneyMap:
    """Five stages: good, middling, better than before, worse than before, and one that must be withheld."""
    return journey_map([*_stages_until_purchase(), *_stages_after_purchase()])


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
tame = ["", "Pay", LONG, LONG * 4, "W" * 90, "Donaudampfschifffahrt " * 3, "i " * 60, "a\u00a0b " * 9, "a,b.c;" * 20]
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


@st.composite
def scores(draw: st.DrawFn, scale: Scale) -> Score | None:
    gauge, n = GAUGES[scale], draw(counts)
    least, most = gauge.spec.bounds
    if not n:
        return None
    value = draw(st.sampled_from([least, *gauge.spec.mood_edges, most, (least + most) / 3]))
    return score(
        value,
        draw(st.sampled_from([0.0, 0.05, 0.3])) * (most - least),
        n,
        scale,
        draw(st.sampled_from([n, 3 * n])),
    )


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
        time=draw(st.none() | st.builds(StageTime, st.none() | st.just(3 * DAY), st.none() | st.just(400 * DAY))),
        scores=draw(score_tables(scale)),
        before=draw(score_tables(scale)),
        change=FigureChange(
            draw(st.sampled_from(ChangeDirection)),
            draw(st.none() | st.sampled_from([-most, 0.04, most])),
        ),
        target=draw(st.none() | st.sampled_from([least, gauge.spec.mood_edges[2], most])),
        visits=draw(counts),
        complaints=draw(counts),
        support=draw(counts),
        barriers=tuple(draw(st.lists(st.builds(Barrier, texts, counts), max_size=5))),
        voices=tuple(draw(st.lists(st.builds(Voice, texts, st.none() | st.integers(0, 4)), max_size=3))),
        touchpoints=tuple(draw(st.lists(touchpoints(scale), max_size=9))),
    )


@st.composite
def maps(draw: st.DrawFn) -> JourneyMap:
    scale = draw(st.sampled_from(Scale))
    found = draw(st.lists(stages(scale), min_size=1, max_size=3))
    several = (found * 12)[: draw(st.integers(1, 12))]
    return replace(
        journey_map(several, language=draw(st.sampled_from(["en", "ru", "pl"])), scale=scale),
        title=draw(texts),
        purpose=draw(texts),
        segment_title=draw(st.none() | texts),
        channel=draw(st.none() | st.sampled_from(["courier", "teleport"])),
        notes=tuple(draw(st.lists(texts, max_size=5))),
        totals=MapTotals(
            draw(counts), draw(counts), draw(counts), draw(counts), draw(st.none() | st.just(0.5)), draw(counts)
        ),
    )
