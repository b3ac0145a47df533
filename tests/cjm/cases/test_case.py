"""Steps of a case, and the text that is stored of what customers type."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.cases.case import (
    MOST_CHARACTERS,
    Case,
    CaseKind,
    CaseOrigin,
    CaseRefusal,
    CaseRefused,
    CaseState,
    TeamMember,
    answer_case,
    close_case,
    receive_message,
    reopen_case,
    storable_text,
    take_case,
)
from cjm.cases.place_suggestions import MOST_SUGGESTED, split_likely, suggest_places
from cjm.journeys.journey_file import read_journey
from tests.journeys import SMALL

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, PIOTR = TeamMember("telegram:5", "Anna"), TeamMember("telegram:6", "Piotr")
OPEN = Case(17, 1, CaseKind.COMPLAINT, CaseOrigin.COMMAND, CaseState.OPEN, date(2026, 11, 22), "site", NOW)
TAKEN, ANSWERED = take_case(OPEN, ANNA, NOW), answer_case(OPEN, ANNA, NOW)
CLOSED = close_case(TAKEN, ANNA, NOW)
PRAISE = replace(OPEN, kind=CaseKind.PRAISE, state=CaseState.CLOSED, closed_at=NOW)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (OPEN, take_case(OPEN, ANNA, NOW), CaseState.TAKEN),
        (OPEN, answer_case(OPEN, ANNA, NOW), CaseState.ANSWERED),
        (OPEN, close_case(OPEN, ANNA, NOW), CaseState.CLOSED),
        (OPEN, receive_message(OPEN), CaseState.OPEN),
        (TAKEN, answer_case(TAKEN, PIOTR, NOW), CaseState.ANSWERED),
        (TAKEN, receive_message(TAKEN), CaseState.TAKEN),
        (ANSWERED, receive_message(ANSWERED), CaseState.TAKEN),
        (ANSWERED, close_case(ANSWERED, PIOTR, NOW), CaseState.CLOSED),
        (CLOSED, reopen_case(CLOSED), CaseState.TAKEN),
        (CLOSED, receive_message(CLOSED), CaseState.TAKEN),
        (CLOSED, answer_case(CLOSED, PIOTR, NOW), CaseState.CLOSED),
        (PRAISE, answer_case(PRAISE, ANNA, NOW), CaseState.CLOSED),
        (PRAISE, receive_message(PRAISE), CaseState.CLOSED),
    ],
)
def test_each_step_leads_to_its_state(before: Case, after: Case, expected: CaseState) -> None:
    assert after.state is expected
    assert (after.number, after.kind, after.opened_at) == (before.number, before.kind, before.opened_at)


def test_answering_or_closing_a_free_case_takes_it_and_a_colleague_may_help() -> None:
    assert (ANSWERED.taken_by, ANSWERED.taken_name) == ("telegram:5", "Anna")
    assert close_case(OPEN, ANNA, NOW).taken_name == "Anna"
    assert answer_case(TAKEN, PIOTR, NOW).taken_name == "Anna"


@pytest.mark.parametrize(
    ("case", "member", "reason", "name"),
    [
        (TAKEN, PIOTR, CaseRefusal.TAKEN, "Anna"),
        (ANSWERED, PIOTR, CaseRefusal.TAKEN, "Anna"),
        (CLOSED, ANNA, CaseRefusal.CLOSED, None),
        (PRAISE, ANNA, CaseRefusal.NOTHING_TO_DO, None),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_with_a_reason(
    case: Case, member: TeamMember, reason: CaseRefusal, name: str | None
) -> None:
    with pytest.raises(CaseRefused) as refused:
        take_case(case, member, NOW)
    assert (refused.value.reason, refused.value.holder_name) == (reason, name)


def test_taking_closing_and_reopening_twice_changes_nothing() -> None:
    later = NOW + timedelta(hours=1)
    assert take_case(TAKEN, ANNA, later) == TAKEN
    assert close_case(CLOSED, PIOTR, later) == CLOSED
    assert reopen_case(reopen_case(CLOSED)) == reopen_case(CLOSED)


STEPS = {
    "take": lambda case, member: take_case(case, member, NOW),
    "answer": lambda case, member: answer_case(case, member, NOW),
    "close": lambda case, member: close_case(case, member, NOW),
    "reopen": lambda case, member: reopen_case(case),
    "receive": lambda case, member: receive_message(case),
}


STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([ANNA, PIOTR]))


@given(st.sampled_from([OPEN, PRAISE]), st.lists(STEP))
def test_after_any_steps_a_case_is_consistent(case: Case, steps: list[tuple[str, TeamMember]]) -> None:
    for name, member in steps:
        with suppress(CaseRefused):
            case = STEPS[name](case, member)
        assert (case.closed_at is not None) == case.is_closed
        assert case.state not in (CaseState.TAKEN, CaseState.ANSWERED) or case.taken_by
        assert case.state is not CaseState.ANSWERED or case.answered_at
        assert case.kind is not CaseKind.PRAISE or case.is_closed
    if case.kind is not CaseKind.PRAISE:
        assert receive_message(case).state in (CaseState.OPEN, CaseState.TAKEN), (
            "a customer who writes is waiting for the team"
        )


@given(st.text(max_size=9000))
def test_typed_text_can_be_stored_and_is_short_enough_for_a_messenger(text: str) -> None:
    kept = storable_text(text)
    assert len(kept.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert "\x00" not in kept
    assert kept == kept.strip()


def test_html_is_kept_and_characters_that_a_database_refuses_are_not() -> None:
    assert storable_text(" <b>5 < 6 & 7</b>\x00\x07\ud800 ") == "<b>5 < 6 & 7</b>"
    assert storable_text(None) == ""


def test_places_are_suggested_latest_visit_first_then_by_the_journey() -> None:
    journey = read_journey(SMALL, "small.toml")
    assert suggest_places(journey, ["call", "buy", None, "call", "gone"]) == ["call", "search", "advert", "pay", "open"]
    assert suggest_places(journey, []) == ["search", "advert", "pay", "call", "open"]


def test_planned_touchpoints_are_not_suggested_and_removed_ones_only_to_their_visitors() -> None:
    text = SMALL.replace('title = "Call"', 'title = "Call", status = "removed", was = ["ring"]')
    journey = read_journey(text.replace('title = "Search"', 'title = "Search", status = "planned"'), "small.toml")
    assert suggest_places(journey, []) == ["advert", "pay", "open"]
    assert suggest_places(journey, ["ring"]) == ["call", "advert", "pay", "open"]


def test_a_rest_of_one_place_is_shown_at_once() -> None:
    keys = [f"k{i}" for i in range(MOST_SUGGESTED + 1)]
    assert split_likely(keys) == (keys, [])
    assert split_likely([*keys, "x"]) == (keys[:MOST_SUGGESTED], [keys[-1], "x"])
