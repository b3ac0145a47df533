"""Quiet hours that a button can name, and those that a forged one names."""

import pytest

from bot.screens.customer.setting_screens import QUIET_HOURS, offered_hours
from cjm.asking.quiet_hours import QuietHours


def test_every_offered_span_can_be_read_and_the_last_one_is_none() -> None:
    *spans, none = [offered_hours((place,)) for place in range(len(QUIET_HOURS))]
    assert [str(QuietHours.parse(span or "")) for span in spans] == spans
    assert none == ""


@pytest.mark.parametrize("places", [None, (), (-1,), (-5,), (99,)])
def test_forged_button_offers_no_hours(places: tuple[int, ...] | None) -> None:
    assert offered_hours(places) is None
