"""Claims about a case's way to an end, and about what is kept of what was typed."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.cases.case import (
    MOST_WORDS,
    Case,
    CaseKind,
    CaseOrigin,
    CaseRefusal,
    CaseRefused,
    CaseState,
    TeamMember,
    answer,
    cleaned,
    close,
    cut,
    hear,
    reopen,
    take,
)
from cjm.cases.place_suggestions import OFFERED, likely, offered
from cjm.journeys.journey import read_journey
from tests.journeys import SMALL

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, PIOTR = TeamMember("telegram:5", "Anna"), TeamMember("telegram:6", "Piotr")
OPEN = Case(17, 1, CaseKind.COMPLAINT, CaseOrigin.COMMAND, CaseState.OPEN, date(2026, 11, 22), "site", NOW)
TAKEN, ANSWERED = take(OPEN, ANNA, NOW), answer(OPEN, ANNA, NOW)
CLOSED = close(TAKEN, ANNA, NOW)
PRAISE = replace(OPEN, kind=CaseKind.PRAISE, state=CaseState.CLOSED, closed_at=NOW)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (OPEN, take(OPEN, ANNA, NOW), CaseState.TAKEN),
        (OPEN, answer(OPEN, ANNA, NOW), CaseState.ANSWERED),
        (OPEN, close(OPEN, ANNA, NOW), CaseState.CLOSED),
        (OPEN, hear(OPEN), CaseState.OPEN),
        (TAKEN, answer(TAKEN, PIOTR, NOW), CaseState.ANSWERED),
        (TAKEN, hear(TAKEN), CaseState.TAKEN),
        (ANSWERED, hear(ANSWERED), CaseState.TAKEN),
        (ANSWERED, close(ANSWERED, PIOTR, NOW), CaseState.CLOSED),
        (CLOSED, reopen(CLOSED), CaseState.TAKEN),
        (CLOSED, hear(CLOSED), CaseState.TAKEN),
        (CLOSED, answer(CLOSED, PIOTR, NOW), CaseState.CLOSED),
        (PRAISE, answer(PRAISE, ANNA, NOW), CaseState.CLOSED),
        (PRAISE, hear(PRAISE), CaseState.CLOSED),
    ],
)
def test_steps(before: Case, after: Case, expected: CaseState) -> None:
    assert after.state is expected
    assert (after.number, after.kind, after.opened_at) == (before.number, before.kind, before.opened_at)


def test_who_answers_or_closes_what_nobody_has_takes_it_and_a_colleague_may_help() -> None:
    assert (ANSWERED.taken_by, ANSWERED.taken_name) == ("telegram:5", "Anna")
    assert close(OPEN, ANNA, NOW).taken_name == "Anna"
    assert answer(TAKEN, PIOTR, NOW).taken_name == "Anna"


@pytest.mark.parametrize(
    ("case", "by", "reason", "name"),
    [
        (TAKEN, PIOTR, CaseRefusal.TAKEN, "Anna"),
        (ANSWERED, PIOTR, CaseRefusal.TAKEN, "Anna"),
        (CLOSED, ANNA, CaseRefusal.CLOSED, None),
        (PRAISE, ANNA, CaseRefusal.NOTHING_TO_DO, None),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(
    case: Case, by: TeamMember, reason: CaseRefusal, name: str | None
) -> None:
    with pytest.raises(CaseRefused) as refused:
        take(case, by, NOW)
    assert (refused.value.reason, refused.value.name) == (reason, name)


def test_the_same_step_twice_changes_nothing() -> None:
    later = NOW + timedelta(hours=1)
    assert take(TAKEN, ANNA, later) == TAKEN
    assert close(CLOSED, PIOTR, later) == CLOSED
    assert reopen(reopen(CLOSED)) == reopen(CLOSED)


STEPS = {
    "take": lambda case, by: take(case, by, NOW),
    "answer": lambda case, by: answer(case, by, NOW),
    "close": lambda case, by: close(case, by, NOW),
    "reopen": lambda case, by: reopen(case),
    "hear": lambda case, by: hear(case),
}


STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([ANNA, PIOTR]))


@given(st.sampled_from([OPEN, PRAISE]), st.lists(STEP))
def test_whatever_is_done_a_case_hangs_together(case: Case, steps: list[tuple[str, TeamMember]]) -> None:
    for name, by in steps:
        with suppress(CaseRefused):
            case = STEPS[name](case, by)
        assert (case.closed_at is not None) == case.is_over
        assert case.state not in (CaseState.TAKEN, CaseState.ANSWERED) or case.taken_by
        assert case.state is not CaseState.ANSWERED or case.answered_at
        assert case.kind is not CaseKind.PRAISE or case.is_over
    if case.kind is not CaseKind.PRAISE:
        assert hear(case).state in (CaseState.OPEN, CaseState.TAKEN), "a customer who writes is waiting for the team"


@given(st.text(max_size=9000))
def test_what_was_typed_can_be_kept_and_is_short_enough_for_a_messenger(text: str) -> None:
    kept = cleaned(text)
    assert len(kept.encode("utf-16-le")) // 2 <= MOST_WORDS
    assert "\x00" not in kept
    assert kept == kept.strip()


def test_html_stays_what_it_is_and_half_a_character_is_never_left() -> None:
    assert cleaned(" <b>5 < 6 & 7</b>\x00\x07\ud800 ") == "<b>5 < 6 & 7</b>"
    assert cleaned(None) == ""
    assert cut("😀" * 10, 7) == "😀😀😀…"
    assert cut("short", 7) == "short"


def test_places_are_offered_the_last_one_first_then_by_the_journey() -> None:
    journey = read_journey(SMALL, "small.toml")
    assert offered(journey, ["call", "buy", None, "call", "gone"]) == ["call", "search", "advert", "pay", "open"]
    assert offered(journey, []) == ["search", "advert", "pay", "call", "open"]


def test_what_is_planned_is_not_offered_and_what_was_removed_only_to_those_who_were_there() -> None:
    text = SMALL.replace('title = "Call"', 'title = "Call", status = "removed", was = ["ring"]')
    journey = read_journey(text.replace('title = "Search"', 'title = "Search", status = "planned"'), "small.toml")
    assert offered(journey, []) == ["advert", "pay", "open"]
    assert offered(journey, ["ring"]) == ["call", "advert", "pay", "open"]


def test_one_place_more_is_no_reason_for_a_second_screen() -> None:
    keys = [f"k{i}" for i in range(OFFERED + 1)]
    assert likely(keys) == (keys, [])
    assert likely([*keys, "x"]) == (keys[:OFFERED], [keys[-1], "x"])
