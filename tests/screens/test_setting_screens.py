"""The hours that a button can name, and those that a forged one names."""

import pytest

from bot.screens.customer.setting_screens import QUIET_HOURS, offered_hours
from cjm.asking.quiet_hours import QuietHours


def test_every_offered_span_can_be_read_and_the_last_one_is_none() -> None:
    *spans, none = [offered_hours(place) for place in range(len(QUIET_HOURS))]
    assert [str(QuietHours.parse(span)) for span in spans] == spans
    assert none == ""


def test_a_place_beyond_the_list_is_no_span() -> None:
    with pytest.raises(ValueError, match="-"):
        QuietHours.parse(offered_hours(99))
