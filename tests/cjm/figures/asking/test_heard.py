"""Groups of visitors: each stands in one, and limits or sampling are named only where nothing else was in the way."""

from collections.abc import Sequence

import pytest

from cjm.asking.decision import AskingReason
from cjm.figures.asking.heard import Visitor, find_last_reason, find_reach
from cjm.figures.asking.reach import Reach

R = AskingReason


@pytest.mark.parametrize(
    ("reasons", "reach"),
    [
        ([], Reach.NO_SURVEY),
        ([R.NO_CHAT, R.ASKED_RECENTLY], Reach.NO_CHAT),
        ([R.NO_CONSENT], Reach.NO_CONSENT),
        ([R.STOPPED], Reach.LEFT),
        ([R.UNREACHABLE, R.NOT_SAMPLED], Reach.LEFT),
        ([R.ASKED_RECENTLY, R.MONTHLY_LIMIT], Reach.COOLDOWN),
        ([R.NOT_SAMPLED], Reach.NOT_SAMPLED),
        ([R.NOT_SAMPLED, R.ASKED_RECENTLY], Reach.OTHER),
        ([R.TOO_LATE], Reach.OTHER),
    ],
)
def test_who_was_not_asked_has_the_reason_that_was_in_the_way(reasons: Sequence[AskingReason], reach: Reach) -> None:
    assert find_reach(Visitor(1, reasons=frozenset(reasons)), is_anonymous=False) is reach


def test_who_was_asked_is_heard_or_silent_and_in_an_anonymous_journey_only_asked() -> None:
    answered, silent = (
        Visitor(1, is_asked=True, is_answered=True),
        Visitor(1, is_asked=True, reasons=frozenset({R.FINE})),
    )
    assert [find_reach(each, is_anonymous=False) for each in (answered, silent)] == [Reach.HEARD, Reach.SILENT]
    assert {find_reach(each, is_anonymous=True) for each in (answered, silent)} == {Reach.ASKED}


def test_too_late_says_what_was_waited_for() -> None:
    assert find_last_reason([R.DELAY, R.NO_CONSENT, R.TOO_LATE]) is R.NO_CONSENT
    assert find_last_reason([R.DELAY, R.TOO_LATE]) is R.TOO_LATE
    assert find_last_reason([R.DELAY, R.FINE]) is R.FINE
    assert find_last_reason([]) is None
