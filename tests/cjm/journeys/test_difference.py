"""Differences between journeys: one entry a change, refused where history would mean something else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.errors import Mistake
from cjm.journeys.comparison import compare_journeys
from cjm.journeys.difference import ChangedPart, ChangeType, ChangeWarning, JourneyChange, JourneyDifference
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

TEXT = templates.text("shop")
SHOP = read_journey(TEXT, "shop.toml")


def after(*changes: tuple[str, str]) -> JourneyDifference:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return compare_journeys(SHOP, read_journey(text, "shop.toml"))


def brief(entry: JourneyChange) -> tuple[Any, ...]:
    return entry.type, entry.part, entry.path, entry.field, entry.before, entry.after, entry.warning


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


NOTHING = ("", "", "", None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"Europe/Warsaw"', '"UTC"'),
         (ChangeType.CHANGED, ChangedPart.JOURNEY, "", "timezone", "Europe/Warsaw", "UTC", ChangeWarning.DAYS_SHIFT)),
        (('pl = "Zakup"', 'pl = "Kupno"'),
         (ChangeType.REWORDED, ChangedPart.STAGE, "stages.purchase", "title", "Zakup", "Kupno", None)),
        (('key = "advert"', 'key = "banner"\nwas = ["advert"]'),
         (ChangeType.RENAMED, ChangedPart.TOUCHPOINT, "stages.awareness.banner", "key", "advert", "banner", None)),
        (("feels = 0", "feels = 1"),
         (ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.awareness.advert", "feels", "0", "1", None)),
        (('delay = "3w"', 'delay = "2w"'),
         (ChangeType.CHANGED, ChangedPart.SURVEY, "surveys.recommend", "delay", "3w", "2w", None)),
        (("share = 0.7\n", ""),
         (ChangeType.CHANGED, ChangedPart.SURVEY, "surveys.checkout", "share", "0.7", "1.0", None)),
        (('about = "loyalty"', 'about = "purchase"'),
         (ChangeType.CHANGED, ChangedPart.QUESTION, "surveys.recommend.recommend_nps", "about", "loyalty", "purchase",
          ChangeWarning.OTHER_SUBJECT)),
        (("at_most = 1 }", "at_most = 0 }"),
         (ChangeType.CHANGED, ChangedPart.QUESTION, "surveys.advice.advice_words", "when", "advice_success at_most 1",
          "advice_success at_most 0", None)),
        (('ru = "Цена"', 'ru = "Дорого"'),
         (ChangeType.REWORDED, ChangedPart.OPTION, "surveys.choosing.choosing_barrier.options.price",
          "title", "Цена", "Дорого", None)),
        (('    { key = "price"', '    { key = "stock_price"'), None),
        (("at_least = 75", "at_least = 70"),
         (ChangeType.CHANGED, ChangedPart.TARGET, "targets.csat", "at_least", "75", "70", None)),
        (('where = { region = ["capital"] }', 'where = { region = ["capital", "city"] }'),
         (ChangeType.CHANGED, ChangedPart.SEGMENT, "segments.capital", "where",
          "region: capital", "region: capital, city", None)),
        (('values = ["new", "returning"]', 'values = ["new", "returning", "lost"]'),
         (ChangeType.CHANGED, ChangedPart.ATTRIBUTE, "attributes.customer", "values",
          "new, returning", "new, returning, lost",
          ChangeWarning.COHORTS_CHANGE)),
        (('status = "planned"  #', 'status = "live"  #'),
         (ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.loyalty.club", "status", "planned", "live", None)),
    ],
)  # fmt: skip
def test_one_change_is_one_entry(change: tuple[str, str], expected: tuple[Any, ...] | None) -> None:
    found = after(change)
    assert not found.refusals
    if expected is None:
        assert found.counts == {ChangeType.ADDED: 1, ChangeType.REMOVED: 1}
    else:
        assert [brief(e) for e in found.entries] == [expected]


def test_a_renamed_touchpoint_takes_its_surveys_and_targets_along() -> None:
    found = after(
        ('key = "after_purchase"', 'key = "owning"\nwas = ["after_purchase"]'),
        ('key = "delivery"', 'key = "parcel"\nwas = ["delivery"]'),
        ('touchpoint = "delivery"', 'touchpoint = "parcel"'),
        ('enter = "after_purchase"', 'enter = "owning"'),
        ('stage = "after_purchase"', 'stage = "owning"'),
    )
    assert [(e.type, e.path) for e in found.entries] == [
        (ChangeType.RENAMED, "stages.owning"),
        (ChangeType.RENAMED, "stages.owning.parcel"),
    ]


def test_a_touchpoint_that_disappears_gives_a_warning() -> None:
    found = after(('key = "offers"', 'key = "letters"'))
    assert [brief(e) for e in found.warnings] == [
        (
            ChangeType.REMOVED,
            ChangedPart.TOUCHPOINT,
            "stages.loyalty.offers",
            *NOTHING[:3],
            ChangeWarning.LEAVES_THE_MAP,
        )
    ]
    assert found.counts == {ChangeType.ADDED: 1, ChangeType.REMOVED: 1}


def test_a_touchpoint_marked_as_removed_gives_no_warning() -> None:
    found = after(('key = "offers"\n', 'key = "offers"\nstatus = "removed"\n'))
    assert [brief(e) for e in found.entries] == [
        (ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.loyalty.offers", "status", "live", "removed", None)
    ]


def test_dropping_a_former_key_gives_a_warning() -> None:
    old = read_journey(TEXT.replace('key = "advert"', 'key = "advert"\nwas = ["poster"]', 1), "x")
    (entry,) = compare_journeys(old, SHOP).entries
    assert brief(entry) == (
        ChangeType.CHANGED, ChangedPart.TOUCHPOINT, "stages.awareness.advert", "was", "poster", "",
        ChangeWarning.HISTORY_UNLINKED,
    )  # fmt: skip


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
    assert [brief(e) for e in compare_journeys(SHOP, changed).entries] == [
        (
            ChangeType.MOVED,
            ChangedPart.TOUCHPOINT,
            "stages.consideration.advert",
            "stage",
            "awareness",
            "consideration",
            None,
        )
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ([('key = "shop"', 'key = "store"')],
         Mistake("key", 'must stay "shop": the key of a journey never changes; another key is another journey')),
        ([('key = "checkout_ease"\nkind = "ces"', 'key = "checkout_ease"\nkind = "csat"')],
         Mistake("surveys.checkout.checkout_ease.kind",
                 "must stay ces: answers of this kind are stored under the key; give the csat question a new key")),
        ([('key = "loyalty"', 'key = "club"'),
          ('key = "club"\ntitle = { en = "Cust', 'key = "loyalty"\ntitle = { en = "Cust'),
          ('about = "loyalty"', 'about = "club"'), ('about = "loyalty"', 'about = "club"'),
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
