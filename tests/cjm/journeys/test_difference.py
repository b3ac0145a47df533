"""Differences between journeys: one entry a change, refused where history would mean something else."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.versions.comparison import compare_journeys
from cjm.journeys.versions.difference import ChangedPart, ChangeType, ChangeWarning, JourneyChange, JourneyDifference

TEXT = templates.text("shop")
SHOP = read_journey(TEXT, "shop.toml")


def after(*changes: tuple[str, str]) -> JourneyDifference:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return compare_journeys(SHOP, read_journey(text, "shop.toml"))


def without_titles(entries: Iterable[JourneyChange]) -> list[JourneyChange]:
    return [replace(entry, title=None) for entry in entries]


def test_the_same_file_changes_nothing() -> None:
    assert compare_journeys(SHOP, SHOP).is_empty


def test_a_new_journey_is_all_additions() -> None:
    found = compare_journeys(None, SHOP)
    assert found.is_new
    assert not found.is_empty
    assert set(found.counts) == {ChangeType.ADDED}
    parts = [e.part for e in found.entries]
    assert (parts.count(ChangedPart.STAGE), parts.count(ChangedPart.SURVEY)) == (5, len(SHOP.surveys))
    assert not found.refusals


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"Europe/Warsaw"', '"UTC"'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.JOURNEY, "",
                       field="timezone", before="Europe/Warsaw", after="UTC",
                       warning=ChangeWarning.DAYS_SHIFT)),
        (('pl = "Zakup"', 'pl = "Kupno"'),
         JourneyChange(ChangeType.REWORDED, ChangedPart.STAGE, "stages.purchase",
                       field="title", before="Zakup", after="Kupno")),
        (('key = "advert"', 'key = "banner"\nwas = ["advert"]'),
         JourneyChange(ChangeType.RENAMED, ChangedPart.TOUCHPOINT, "stages.awareness.banner",
                       field="key", before="advert", after="banner")),
        (("feels = 0", "feels = 1"),
         JourneyChange(ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.awareness.advert",
                       field="feels", before="0", after="1")),
        (('delay = "3w"', 'delay = "2w"'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.SURVEY, "surveys.recommend",
                       field="delay", before="3w", after="2w")),
        (("share = 0.7\n", ""),
         JourneyChange(ChangeType.CHANGED, ChangedPart.SURVEY, "surveys.checkout",
                       field="share", before="0.7", after="1.0")),
        (('about = "loyalty"', 'about = "purchase"'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.QUESTION, "surveys.recommend.recommend_nps",
                       field="about", before="loyalty", after="purchase",
                       warning=ChangeWarning.OTHER_SUBJECT)),
        (("at_most = 1 }", "at_most = 0 }"),
         JourneyChange(ChangeType.CHANGED, ChangedPart.QUESTION, "surveys.advice.advice_words",
                       field="when", before="advice_success at_most 1", after="advice_success at_most 0")),
        (('ru = "Цена"', 'ru = "Дорого"'),
         JourneyChange(ChangeType.REWORDED, ChangedPart.OPTION, "surveys.choosing.choosing_barrier.options.price",
                       field="title", before="Цена", after="Дорого")),
        (("at_least = 75", "at_least = 70"),
         JourneyChange(ChangeType.CHANGED, ChangedPart.TARGET, "targets.csat",
                       field="at_least", before="75", after="70")),
        (('at_most = "2d"', 'at_most = "1w"'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.TARGET, "targets.consideration.time",
                       field="at_most", before="2d", after="1w")),
        (('where = { region = ["capital"] }', 'where = { region = ["capital", "city"] }'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.SEGMENT, "segments.capital",
                       field="where", before="region: capital", after="region: capital, city")),
        (('values = ["new", "returning"]', 'values = ["new", "returning", "lost"]'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.ATTRIBUTE, "attributes.customer",
                       field="values", before="new, returning", after="new, returning, lost",
                       warning=ChangeWarning.COHORTS_CHANGE)),
        (('status = "planned"  #', 'status = "live"  #'),
         JourneyChange(ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.loyalty.club",
                       field="status", before="planned", after="live")),
    ],
)  # fmt: skip
def test_one_change_is_one_entry(change: tuple[str, str], expected: JourneyChange) -> None:
    found = after(change)
    assert not found.refusals
    assert without_titles(found.entries) == [expected]


def test_an_option_with_another_key_is_another_option() -> None:
    found = after(('    { key = "price"', '    { key = "stock_price"'))
    assert [(e.type, e.path) for e in found.entries] == [
        (ChangeType.REMOVED, "surveys.choosing.choosing_barrier.options.price"),
        (ChangeType.ADDED, "surveys.choosing.choosing_barrier.options.stock_price"),
    ]


def test_a_renamed_touchpoint_takes_its_surveys_and_targets_along() -> None:
    found = after(
        ('key = "after_purchase"', 'key = "owning"\nwas = ["after_purchase"]'),
        ('key = "delivery"', 'key = "parcel"\nwas = ["delivery"]'),
        ('touchpoint = "delivery"', 'touchpoint = "parcel"'),
        *[('enter = "after_purchase"', 'enter = "owning"')] * 3,
        *[('stage = "after_purchase"', 'stage = "owning"')] * 2,
    )
    assert [(e.type, e.path) for e in found.entries] == [
        (ChangeType.RENAMED, "stages.owning"),
        (ChangeType.RENAMED, "stages.owning.parcel"),
    ]


def test_a_touchpoint_that_disappears_gives_a_warning() -> None:
    found = after(('key = "offers"', 'key = "letters"'))
    assert without_titles(found.warnings) == [
        JourneyChange(
            ChangeType.REMOVED, ChangedPart.TOUCHPOINT, "stages.loyalty.offers", warning=ChangeWarning.LEAVES_THE_MAP
        )
    ]
    assert found.counts == {ChangeType.ADDED: 1, ChangeType.REMOVED: 1}


def test_a_touchpoint_marked_as_removed_gives_no_warning() -> None:
    found = after(('key = "offers"\n', 'key = "offers"\nstatus = "removed"\n'))
    assert without_titles(found.entries) == [
        JourneyChange(
            ChangeType.CHANGED,
            ChangedPart.TOUCHPOINT,
            "stages.loyalty.offers",
            field="status",
            before="live",
            after="removed",
        )
    ]


def test_dropping_a_former_key_gives_a_warning() -> None:
    old = read_journey(TEXT.replace('key = "advert"', 'key = "advert"\nwas = ["poster"]', 1), "x")
    (entry,) = compare_journeys(old, SHOP).entries
    assert replace(entry, title=None) == JourneyChange(
        ChangeType.CHANGED,
        ChangedPart.TOUCHPOINT,
        "stages.awareness.advert",
        field="was",
        before="poster",
        warning=ChangeWarning.HISTORY_UNLINKED,
    )


def test_a_new_order_is_reported_with_the_fewest_moves() -> None:
    stages = SHOP.stages
    swapped = SHOP.model_copy(update={"stages": (stages[1], stages[0], *stages[2:])})
    assert [(e.type, e.part) for e in compare_journeys(SHOP, swapped).entries] == [
        (ChangeType.MOVED, ChangedPart.STAGE)
    ]
    last_first = SHOP.model_copy(update={"stages": (stages[-1], *stages[:-1])})
    assert [(e.type, e.path) for e in compare_journeys(SHOP, last_first).entries] == [
        (ChangeType.MOVED, "stages.loyalty")
    ]


def test_a_touchpoint_that_changes_its_stage_is_moved() -> None:
    first, second, *others = SHOP.stages
    advert, *rest = first.touchpoints
    changed = SHOP.model_copy(
        update={
            "stages": (
                first.model_copy(update={"touchpoints": tuple(rest)}),
                second.model_copy(update={"touchpoints": (*second.touchpoints, advert)}),
                *others,
            )
        }
    )
    assert without_titles(compare_journeys(SHOP, changed).entries) == [
        JourneyChange(
            ChangeType.MOVED,
            ChangedPart.TOUCHPOINT,
            "stages.consideration.advert",
            field="stage",
            before="awareness",
            after="consideration",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ([('key = "shop"', 'key = "store"')],
         Mistake("key", 'must stay "shop": the key of a journey never changes; another key is another journey')),
        ([('key = "checkout_ease"\nkind = "ces"', 'key = "checkout_ease"\nkind = "csat"')],
         Mistake("surveys.checkout.checkout_ease.kind",
                 "must stay ces: answers to it are of this kind once there are any; give the csat question a new key")),
        ([('key = "loyalty"', 'key = "club"'),
          ('key = "club"\ntitle = { en = "Cust', 'key = "loyalty"\ntitle = { en = "Cust'),
          ('about = "loyalty"', 'about = "club"'), ('about = "loyalty"', 'about = "club"'),
          ('about = "loyalty"', 'about = "club"'), ('by_hand = "loyalty"', 'by_hand = "club"'),
          ('stage = "loyalty"', 'stage = "club"')],
         Mistake("stages.club.key", "has been a touchpoint's key until now; a stage needs another key")),
    ],
)  # fmt: skip
def test_a_change_that_falsifies_history_is_refused(changes: list[tuple[str, str]], refusal: Mistake) -> None:
    assert refusal in after(*changes).refusals


@given(st.permutations(SHOP.stages), st.permutations(SHOP.surveys))
def test_any_order_can_be_compared_and_compared_with_itself(stages: list[Any], surveys: list[Any]) -> None:
    shuffled: Journey = SHOP.model_copy(update={"stages": tuple(stages), "surveys": tuple(surveys)})
    found = compare_journeys(SHOP, shuffled)
    assert set(found.counts) <= {ChangeType.MOVED}
    assert len(found.entries) < len(stages)
    assert compare_journeys(shuffled, shuffled).is_empty


def test_change_of_anonymity_deserves_a_second_look_in_both_directions() -> None:
    anonymous = SHOP.model_copy(update={"anonymous": True})
    found = [compare_journeys(before, after).entries for before, after in ((SHOP, anonymous), (anonymous, SHOP))]
    assert [[entry.warning for entry in entries] for entries in found] == [
        [ChangeWarning.BECOMES_ANONYMOUS],
        [ChangeWarning.BECOMES_NAMED],
    ]
