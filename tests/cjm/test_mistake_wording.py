"""Guesses at what was meant: a slip of the pen has one, another word has none."""

import pytest

from cjm.mistake_wording import find_similar


@pytest.mark.parametrize(
    ("name", "candidate", "is_meant"),
    [
        ("titel", "title", True),
        ("pai", "pay", True),
        ("NPS", "nps", True),
        ("api", "api_url", True),
        ("kind", "asking", False),
        ("seat_comfort_csat", "first_look_csat", False),
        ("pay", "pay", False),
    ],
)
def test_only_a_slip_of_the_pen_has_a_guess(name: str, candidate: str, is_meant: bool) -> None:
    assert find_similar(name, [candidate]) == (candidate if is_meant else None)
