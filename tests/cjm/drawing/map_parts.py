"""Parts of maps to draw that only some lanes show: written by hand, and strategies for any of them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from cjm.figures.journey_map import LostReason, RecalledChoice, RecalledOption, Silence
from cjm.figures.map_parts.changes import ChangeVerdict, StageChange
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.map_parts.stage_facts import ChannelUse, MeasureFigures, StageAmount, StartTime
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.map_parts.voice import Voice
from cjm.figures.score import Score
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale

HOUR, DAY = 3_600.0, 86_400.0
MET, MISSED, OPEN = TargetOutcome

ScoreMaker = Callable[[float, int], Score]


def full_parts(share: ScoreMaker) -> list[Mapping[str, Any]]:
    """Return for each of five stages the fields that `full_shop` fills; ``share`` makes a score of value and n."""
    return [_awareness(share), _consideration(share), _purchase(share), _after_purchase(share), _loyalty()]


def _awareness(share: ScoreMaker) -> Mapping[str, Any]:
    return {
        "targets": (TargetFigure(TargetSubject.SCORE, "csat", 75, True, OPEN),),
        "channels": (
            ChannelUse("search", 2_140, 0, share(68, 60), share(90, 880)),
            ChannelUse("ad", 0, 0),
        ),
        "silence": Silence(512, 182, 21, 240),
        "typed": (
            TypedTexts(
                "search", "Search results", does="Compares three shops nearby", thinks="Do they have my size?",
                feels=0, frontstage="Opening hours and photos in search", backstage="Keeps the shop's card up to date",
                systems="Maps listing", responsible="Marketing",
            ),
        ),
        "recalled": (
            RecalledChoice(
                "heard", "How did you first hear of us?",
                (RecalledOption("friend", "A friend", 41), RecalledOption("ad", "An advert", 12)),
            ),
        ),
    }  # fmt: skip


def _consideration(share: ScoreMaker) -> Mapping[str, Any]:
    return {
        "targets": (
            TargetFigure(TargetSubject.SCORE, "csat", 75, True, MISSED),
            TargetFigure(TargetSubject.CONVERSION, "", 55, True, MET),
            TargetFigure(TargetSubject.TIME, "", 3 * DAY, False, MET),
        ),
        "channels": (
            ChannelUse("site", 1_420, 12, share(67, 88), share(91, 500)),
            ChannelUse("chat", 390, 31, share(53, 58), share(94, 320)),
        ),
        "measures": (MeasureFigures("wait", "Waiting in the chat", "min", 380, 4.2, 17.0, 3.9, 4.6),),
        "start_time": StartTime(2.2 * DAY, 812),
        "silence": Silence(430, 164, 44, 160),
        "voices": (
            Voice("Three pages open and I still guessed.", 2),
            Voice("The adviser knew my height better than I do.", 4, recalled=True),
        ),
        "typed": (
            TypedTexts(
                "adviser", "Size adviser", does="Describes height and way of riding", thinks="I do not want to guess",
                feels=-1, frontstage="Answers in the chat within minutes", backstage="Looks up stock and frame tables",
                systems="Chat, stock", responsible="Sales",
            ),
            TypedTexts(
                "catalogue", "Catalogue", does="Filters by price and size", frontstage="Shows only what is in stock",
                systems="Web shop", responsible="Marketing", feels=1,
            ),
            TypedTexts("fitting", "Video fitting", TouchpointStatus.PLANNED, does="Shows the bike on video"),
        ),
        "changes": (
            StageChange("Sizes by height, not by frame", "Olga N.", date(2025, 12, 1), ChangeVerdict.PLANNED),
        ),
        "lost_reasons": (LostReason("price", "The price", 24, 3), LostReason("size", "My size was out of stock", 9)),
    }  # fmt: skip


def _purchase(share: ScoreMaker) -> Mapping[str, Any]:
    return {
        "targets": (
            TargetFigure(TargetSubject.SCORE, "csat", 75, True, MET),
            TargetFigure(TargetSubject.SCORE, "ces", 5.5, True, OPEN),
            TargetFigure(TargetSubject.SUPPORT, "", 5, False, MET),
        ),
        "channels": (ChannelUse("site", 640, 4, share(79, 66), share(79, 560)), ChannelUse("store", 210, 0)),
        "amount": StageAmount(755, 912_400, 47, 51_300, "€"),
        "start_time": StartTime(4.6 * DAY, 640),
        "silence": Silence(380, 151, 9, 120),
        "typed": (
            TypedTexts(
                "pay", "Pay by link", does="Pays on the phone", thinks="Is this link really theirs?", feels=-1,
                frontstage="Sends the link and confirms at once", backstage="Reserves the bike",
                systems="Payments, stock", responsible="Sales",
            ),
        ),
        "changes": (
            StageChange(
                "Shop's name in the payment link", "Pavel D.", date(2025, 11, 3), ChangeVerdict.BETTER, 11, 4, 18,
                made_on=date(2025, 10, 30),
            ),
            StageChange(
                "Receipt in the messenger", "Olga N.", None, ChangeVerdict.TOO_EARLY, made_on=date(2025, 11, 14)
            ),
        ),
    }  # fmt: skip


CHANGES_AFTER_PURCHASE = (
    StageChange("Call an hour before arrival", "Irina K.", date(2025, 11, 10), ChangeVerdict.OVERDUE),
    StageChange(
        "Second courier company", "Irina K.", date(2025, 10, 12), ChangeVerdict.WORSE, -9, -15, -3,
        made_on=date(2025, 10, 12), has_overlap=True, is_small=True,
    ),
    StageChange("Tracking link", "Pavel D.", date(2025, 10, 2), ChangeVerdict.SAME, made_on=date(2025, 10, 1)),
)  # fmt: skip


def _after_purchase(share: ScoreMaker) -> Mapping[str, Any]:
    return {
        "targets": (
            TargetFigure(TargetSubject.SCORE, "csat", 75, True, MISSED),
            TargetFigure(TargetSubject.TIME, "", DAY, False, MISSED),
            TargetFigure(TargetSubject.SUPPORT, "", 2, False, OPEN),
            TargetFigure(TargetSubject.MEASURE, "late", 30, False, MISSED, title="Later than agreed", unit="min"),
        ),
        "channels": (
            ChannelUse("courier", 520, 40, share(34, 64), share(3, 480)),
            ChannelUse("mail", 96, 2, share(83, 18)),
            ChannelUse("phone", 41, 30, share(50, 3)),
        ),
        "measures": (
            MeasureFigures("late", "Later than agreed", "min", 214, 47, 190, 38, 56),
            MeasureFigures("calls", "Calls before delivery", "", 214, 0, 1),
        ),
        "amount": StageAmount(600, 741_000, 130, 148_200, "€"),
        "start_time": StartTime(6.4 * DAY, 590),
        "silence": Silence(301, 120, 30, 90),
        "voices": (
            Voice("I waited all day, nobody called.", 0),
            Voice("The box was fine, the date was not.", 1),
        ),
        "typed": (
            TypedTexts(
                "delivery", "Delivery day", does="Stays at home all day", thinks="Will they call?", feels=-2,
                frontstage="Driver hands the bike over", backstage="Plans the tour the evening before",
                systems="Tour planner", responsible="Courier company",
            ),
            TypedTexts(
                "packaging", "Packaging", does="Unpacks", feels=1, backstage="Packs with reused cardboard",
                responsible="Warehouse",
            ),
        ),
        "changes": CHANGES_AFTER_PURCHASE,
        "lost_reasons": (LostReason("late", "It came too late", 18), LostReason("sent_back", "Sent back", 0, 11)),
    }  # fmt: skip


def _loyalty() -> Mapping[str, Any]:
    return {
        "targets": (TargetFigure(TargetSubject.SCORE, "csat", 75, True, OPEN),),
        "start_time": StartTime(31 * DAY, 16),
        "silence": Silence(12, None, None, None),
        "typed": (
            TypedTexts(
                "club", "Club e-mail", does="Skims it on the way to work", thinks="Another newsletter",
                backstage="Writes four letters a year", systems="Letters", responsible="Marketing",
            ),
            TypedTexts("post", "Post card", TouchpointStatus.REMOVED, does="Pins it to the fridge", customers=12),
        ),
    }  # fmt: skip


FULL_HAND_OVERS = (
    HandOver("search", "adviser", "Marketing", "Sales", points=-7, low=-24, high=10),
    HandOver("pay", "delivery", "Sales", "Courier company", falls=True, points=-45, low=-58, high=-31),
    HandOver("delivery", "packaging", "Courier company", "Warehouse"),
)

# ---------------------------------------------------------------------- any part at all

Strategy = st.SearchStrategy[Any]
_counts = st.sampled_from([0, 1, 4, 40, 1_234_567])
_some = st.sampled_from([0.0, 0.004, 12.34, 98_765_432.1])


def _target_strategy(texts: st.SearchStrategy[str], unit: Scale) -> Strategy:
    subjects = st.sampled_from(TargetSubject)
    return subjects.flatmap(
        lambda subject: st.builds(
            TargetFigure, st.just(subject), st.just(unit if subject is TargetSubject.SCORE else "m"), _some,
            st.booleans(), st.sampled_from(TargetOutcome), title=texts, unit=texts,
        )
    )  # fmt: skip


def _change_strategy(texts: st.SearchStrategy[str]) -> Strategy:
    days = st.none() | st.just(date(2024, 12, 31))
    return st.builds(
        StageChange, texts, texts, days, st.sampled_from(ChangeVerdict), st.none() | _some, made_on=days,
        has_overlap=st.booleans(),
    )  # fmt: skip


def part_strategies(
    texts: st.SearchStrategy[str], shares: st.SearchStrategy[Score | None], unit: Scale
) -> dict[str, Strategy]:
    """Return a strategy for each field of a stage that only some lanes show."""
    targets = _target_strategy(texts, unit)
    channels = st.builds(
        ChannelUse, st.sampled_from(["site", "courier", "mail", "phone", "teleport"]), _counts, _counts, shares, shares
    )
    measures = st.builds(
        MeasureFigures,
        st.sampled_from(["m", "k"]),
        texts,
        texts,
        _counts,
        _some,
        _some,
        st.none() | _some,
        st.none() | _some,
    )
    options = st.lists(st.builds(RecalledOption, st.just("o"), texts, _counts), max_size=3).map(tuple)
    typed = st.builds(
        TypedTexts, st.just("t"), texts, st.sampled_from(TouchpointStatus), texts, texts,
        st.none() | st.integers(-2, 2), texts, texts, texts, texts, st.none() | _counts,
    )  # fmt: skip
    outcomes = st.none() | _counts
    return {
        "targets": st.lists(targets, max_size=3).map(tuple),
        "channels": st.lists(channels, max_size=5, unique_by=lambda use: use.channel).map(tuple),
        "measures": st.lists(measures, max_size=2).map(tuple),
        "amount": st.none() | st.builds(StageAmount, _counts, _some, _counts, st.none() | _some, texts),
        "start_time": st.none() | st.builds(StartTime, st.sampled_from([0.0, 40 * DAY]), _counts),
        "typed": st.lists(typed, max_size=5).map(tuple),
        "changes": st.lists(_change_strategy(texts), max_size=4).map(tuple),
        "lost_reasons": st.lists(st.builds(LostReason, st.just("r"), texts, _counts, _counts), max_size=3).map(tuple),
        "recalled": st.lists(st.builds(RecalledChoice, st.just("c"), texts, options), max_size=3).map(tuple),
        "silence": st.builds(Silence, _counts, outcomes, outcomes, outcomes),
    }


hand_overs = st.lists(
    st.builds(
        HandOver, st.just("t"), st.just("t"), st.just("A"), st.just("B"), st.booleans(),
        st.none() | st.just(-9.0), st.none() | st.just(-20.0), st.none() | st.just(-0.3),
    ),
    max_size=2,
).map(tuple)  # fmt: skip
