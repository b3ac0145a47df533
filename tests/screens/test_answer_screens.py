"""Notices after a tap: an alert where nothing was saved, a short notice or none where it was."""

import pytest

from bot.screens.customer import answer_screens
from bot.texts import LANGUAGES
from bot.usecases.asking.turn import TapNotice

SAVED = (TapNotice.SAVED, TapNotice.CHANGED, TapNotice.SAME, TapNotice.SKIPPED, TapNotice.MOVED)
SHOWN = TapNotice.GONE  # the message itself says so


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [each for each in TapNotice if each not in (*SAVED, SHOWN)])
def test_a_tap_that_was_not_taken_is_answered_with_an_alert(reason: TapNotice, language: str) -> None:
    notice = answer_screens.refusal_notice(reason, language)
    assert notice is not None
    assert notice.is_alert


@pytest.mark.parametrize("reason", [*SAVED, SHOWN])
def test_what_the_message_shows_needs_no_alert(reason: TapNotice) -> None:
    notice = answer_screens.refusal_notice(reason, "en")
    assert notice is None or not notice.is_alert
