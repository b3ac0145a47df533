"""What became of a delivered question: one outcome each, and none that is told of an anonymous one."""

from datetime import date
from itertools import product

import pytest

from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import UNSENT_STATES, InvitationState
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.outcome import (
    PUT_OFF,
    UNKNOWN_HOUR,
    AskedQuestion,
    find_outcome,
    keep_reason,
    outcome_moves,
    split_hour_bucket,
)
from cjm.figures.tally import ASKED, ASKED_AT, INVITED, CounterKey

S, Out = InvitationState, AskingOutcome
KEY = CounterKey("shop", date(2026, 11, 2), "delivery", INVITED, "", 7, "courier")


@pytest.mark.parametrize(
    ("state", "reason", "is_answered", "outcome"),
    [
        (S.OPEN, None, False, Out.OPEN),
        (S.OPEN, PUT_OFF, False, Out.SNOOZED),
        (S.EXPIRED, PUT_OFF, False, Out.SNOOZED),
        (S.OPEN, AskingReason.UNREACHABLE, False, Out.BLOCKED),
        (S.EXPIRED, AskingReason.UNREACHABLE, False, Out.BLOCKED),
        (S.EXPIRED, "expired", False, Out.SILENT),
        (S.DONE, None, False, Out.SILENT),  # every question was skipped
        (S.DECLINED, "declined", False, Out.DECLINED),
        (S.DECLINED, "stopped", False, Out.STOPPED),
        (S.ANSWERING, None, True, Out.PARTLY),
        (S.ANSWERING, PUT_OFF, True, Out.PARTLY),
        (S.DONE, "expired", True, Out.PARTLY),
        (S.DONE, "stopped", True, Out.PARTLY),
        (S.DONE, None, True, Out.ANSWERED),
    ],
)
def test_each_end_of_a_question_has_its_outcome(
    state: InvitationState, reason: str | None, is_answered: bool, outcome: AskingOutcome
) -> None:
    assert find_outcome(AskedQuestion("s", state, reason, is_answered, 9)) is outcome


def test_no_state_of_an_anonymous_question_tells_what_became_of_it() -> None:
    for state, reason, is_answered in product(S, (None, PUT_OFF, "stopped"), (True, False)):
        if state not in UNSENT_STATES:
            asked = AskedQuestion("s", state, reason, is_answered, None)
            assert [move[0].bucket for move in outcome_moves(asked, KEY)] == [Out.UNTOLD]


def test_a_question_counts_for_the_whole_journey_by_survey_and_by_hour() -> None:
    keys = [key for key, _ in outcome_moves(AskedQuestion("delivered", S.DONE, None, True, 9), KEY)]
    assert [(key.subject, key.measure, key.bucket, key.channel) for key in keys] == [
        ("", f"{ASKED}delivered", "answered", "courier"),
        ("", ASKED_AT, "09:answered", "courier"),
    ]
    assert split_hour_bucket(keys[1].bucket) == (9, Out.ANSWERED)


def test_a_question_from_before_hours_were_stored_has_an_outcome_and_no_hour() -> None:
    moves = list(outcome_moves(AskedQuestion("delivered", S.EXPIRED, "expired", False, UNKNOWN_HOUR), KEY))
    assert [key.bucket for key, _ in moves] == ["silent"]


def test_that_a_question_was_put_off_outlasts_the_end_of_its_time_and_nothing_else() -> None:
    assert keep_reason(PUT_OFF, "expired") == PUT_OFF
    assert keep_reason(AskingReason.UNREACHABLE, "expired") == AskingReason.UNREACHABLE
    assert keep_reason(PUT_OFF, "declined") == "declined"
    assert keep_reason(PUT_OFF, None) is None
    assert keep_reason("delay", "expired") == "expired"
