"""Attributes over time: the latest by then holds, whatever was told first."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cjm.journeys.attributes import KnownAttributes, ToldAttribute, canonical_value

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(hours: int, value: object, key: str = "class", customer_id: int = 1) -> ToldAttribute:
    return ToldAttribute(customer_id, key, NOON + timedelta(hours=hours), value)


def test_latest_value_by_then_holds_and_nothing_is_known_before_the_first() -> None:
    known = KnownAttributes([told(5, "gold"), told(0, "silver"), told(0, 7, key="orders"), told(9, "x", customer_id=2)])
    assert known.find_at(1, NOON - timedelta(seconds=1)) == {}
    assert known.find_at(1, NOON) == {"class": "silver", "orders": 7}
    assert known.find_at(1, NOON + timedelta(hours=5)) == {"class": "gold", "orders": 7}
    assert known.find_at(3, NOON) == {}


def test_of_two_values_for_one_moment_the_last_in_canonical_order_holds() -> None:
    for values in (["gold", "silver"], ["silver", "gold"]):
        known = KnownAttributes()
        assert known.add(told(0, values[0]))
        assert known.add(told(0, values[1])) is (values[1] == "silver")
        assert known.find_at(1, NOON) == {"class": "silver"}


def test_value_that_is_told_again_is_no_news() -> None:
    known = KnownAttributes([told(0, "gold")])
    assert not known.add(told(0, "gold"))
    assert known.add(told(1, "gold")), "it holds later too, whatever is told in between"


values = st.one_of(st.text(max_size=2), st.booleans(), st.integers(-2, 2), st.sampled_from([0.5, 1.0]))


@given(
    all_told=st.lists(st.builds(told, st.integers(0, 3), values, st.sampled_from(["a", "b"]), st.integers(1, 2))),
    seed=st.integers(0, 99),
)
def test_order_in_which_values_are_told_plays_no_part(all_told: list[ToldAttribute], seed: int) -> None:
    shuffled = Random(seed).sample(all_told, len(all_told))
    one, other = KnownAttributes(all_told), KnownAttributes(shuffled)
    for hours in range(-1, 5):
        moment = NOON + timedelta(hours=hours)
        for person in (1, 2):
            # Independent computation: sort everything told by then, and let the last win.
            by_then = sorted(
                (t for t in all_told if t.customer_id == person and t.since <= moment),
                key=lambda t: (t.since, canonical_value(t.value)),
            )
            expected = {t.key: canonical_value(t.value) for t in by_then}
            for known in (one, other):
                found = known.find_at(person, moment)
                assert {key: canonical_value(value) for key, value in found.items()} == expected
