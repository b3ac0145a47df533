"""Maps of other kinds than what was measured: differences of two periods and of two segments, and a future map."""

from dataclasses import replace
from datetime import date

from cjm.figures.journey_map import (
    ChangeDirection,
    Comparison,
    FigureChange,
    JourneyMap,
    MapKind,
    MixShift,
    MixSubject,
    Period,
)
from cjm.figures.map_parts.contrast import Contrast, MeaningBreak
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale
from tests.cjm.drawing.maps import bike_shop, full_shop, share

MIX = MixShift(MixSubject.TOUCHPOINTS, "Parcel locker", 0.2, 0.45, is_lower=True)
CHANGES = (
    FigureChange(ChangeDirection.SAME, -2.0, -14.0, 10.0),
    FigureChange(ChangeDirection.BETTER, 14.0, 3.0, 25.0),
    FigureChange(ChangeDirection.SAME, 5.0, -5.0, 15.0),
    FigureChange(ChangeDirection.WORSE, -21.0, -37.0, -5.0, MIX, is_small=True),
    FigureChange(ChangeDirection.UNKNOWN),
    FigureChange(ChangeDirection.MIX, 0.0, None, None, MixShift(MixSubject.SEGMENTS, "New", 0.2, 0.5, is_lower=True)),
)
OTHERS = (share(80, 61), share(50, 140), share(80, 90), share(66, 44), None, share(60, 12))


def difference_of_periods() -> JourneyMap:
    """Return this autumn beside the last one; a question was reworded between them."""
    shop = bike_shop()
    stages = tuple(
        replace(stage, before={Scale.CSAT: other} if other else {}, change=change)
        for stage, other, change in zip(shop.stages, OTHERS, CHANGES, strict=False)
    )
    year = Period(date(2024, 10, 27), date(2024, 11, 23))
    contrast = Contrast("26 Oct – 22 Nov 2025", "27 Oct – 23 Nov 2024", 310)
    return replace(
        shop,
        kind=MapKind.DIFFERENCE,
        stages=stages,
        before=year,
        comparison=Comparison(shop.period, year),
        contrast=contrast,
        breaks=(MeaningBreak(date(2025, 3, 3), (stages[1].key,)),),
        weakest=None,
        best=None,
    )


def difference_of_segments() -> JourneyMap:
    """Return two segments of one period, which may share customers."""
    made = difference_of_periods()
    contrast = Contrast("New customers", "Customers in town", 310, other_segment="town", shares_customers=True)
    return replace(
        made,
        before=made.period,
        comparison=None,
        contrast=contrast,
        breaks=(),
        segment="new",
        segment_title="New customers",
    )


def future_shop() -> JourneyMap:
    """Return the shop as it is planned: each outcome of a target, a planned touchpoint and one that is to go."""
    shop, outcomes = full_shop(), list(TargetOutcome)
    stages = tuple(
        replace(
            stage,
            targets=(
                TargetFigure(TargetSubject.SCORE, "csat", 80.0, True, outcomes[i % 3], 62.0, 55.0, 69.0),
                TargetFigure(TargetSubject.TIME, "", 86_400.0, False, outcomes[(i + 1) % 3], 260_000.0, 2e5, 3e5),
            ),
            typed=(
                *stage.typed,
                TypedTexts(f"{stage.key}-p", "Chat with the courier on the way", TouchpointStatus.PLANNED),
                TypedTexts(f"{stage.key}-r", "Printed receipt", TouchpointStatus.REMOVED, customers=21 * i),
            ),
        )
        for i, stage in enumerate(shop.stages)
    )
    return replace(shop, kind=MapKind.FUTURE, stages=stages)


KIND_MAPS = (difference_of_periods, difference_of_segments, future_shop)
