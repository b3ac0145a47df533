"""Decisions about asking: each rule by itself, and what no facts can lead to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.asking.decision import (
    LIMIT_REASONS,
    Ask,
    AskingReason,
    AskingRules,
    AskingVisit,
    History,
    Hold,
    Skip,
    decide,
    decide_to_send,
    is_sampled,
)
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey
from cjm.weekly import WEEKDAYS

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
SURVEY = Survey.model_validate(
    {
        "key": "box",
        "on": {"touchpoint": "open"},
        "greatest_age": "24h",
        "questions": [{"key": "felt", "kind": "emotion", "text": "How was it?"}],
    }
)
NPS = Survey.model_validate(
    {"key": "nps", "on": {"enter": "use"}, "questions": [{"key": "nps", "kind": "nps", "text": "Recommend us?"}]}
)
RULES = AskingRules(quiet_hours=QuietHours.parse("21:00-09:00"))
WARSAW = History(zone=ZoneInfo("Europe/Warsaw"))
VISIT = AskingVisit("event-1", NOW - timedelta(hours=1))
DAY = timedelta(days=1)


def test_a_customer_with_consent_and_nothing_against_it_is_asked() -> None:
    assert decide(VISIT, SURVEY, WARSAW, RULES, NOW) == Ask()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"stopped": True}, AskingReason.STOPPED),
        ({"forgotten": True}, AskingReason.FORGOTTEN),
        ({"forgotten": True, "has_chat": False, "has_consent": False}, AskingReason.FORGOTTEN),
        ({"unreachable": True}, AskingReason.UNREACHABLE),
        ({"is_staff": True}, AskingReason.STAFF),
        ({"muted": True}, AskingReason.MUTED),
        ({"last_asked": NOW - DAY}, AskingReason.ASKED_RECENTLY),
        ({"last_asked_here": NOW - 29 * DAY}, AskingReason.ASKED_HERE_RECENTLY),
        ({"asked_last_30_days": (NOW - DAY,) * 4}, AskingReason.MONTHLY_LIMIT),
        ({"last_asked": NOW - 20 * DAY, "asks_less_often": True}, AskingReason.LESS_OFTEN),
    ],
)
def test_a_refusal_has_its_reason(facts: dict[str, object], reason: AskingReason) -> None:
    assert decide(VISIT, SURVEY, replace(WARSAW, **facts), RULES, NOW) == Skip(reason)  # type: ignore[arg-type]  # a table of facts of several types


def test_a_customer_is_asked_again_after_the_shortest_times() -> None:
    history = replace(WARSAW, last_asked=NOW - 7 * DAY, last_asked_here=NOW - 30 * DAY)
    assert decide(VISIT, SURVEY, history, RULES, NOW) == Ask()


def test_a_shortest_time_of_zero_is_switched_off() -> None:
    history = replace(WARSAW, last_asked=NOW, last_asked_here=NOW)
    rules = replace(RULES, any_survey=timedelta(), same_touchpoint=timedelta())
    assert decide(VISIT, SURVEY, history, rules, NOW) == Ask()


def test_nps_has_a_shortest_time_of_its_own() -> None:
    history = replace(WARSAW, last_nps=NOW - 60 * DAY)
    assert decide(VISIT, NPS, history, RULES, NOW) == Skip(AskingReason.NPS_RECENTLY)
    assert decide(VISIT, SURVEY, history, RULES, NOW) == Ask()


def test_a_withdrawn_visit_and_one_too_old_are_not_asked_about() -> None:
    assert decide(replace(VISIT, withdrawn=True), SURVEY, WARSAW, RULES, NOW) == Skip(AskingReason.WITHDRAWN)
    assert decide(replace(VISIT, at=NOW - 2 * DAY), SURVEY, WARSAW, RULES, NOW) == Skip(AskingReason.TOO_LATE)


def test_at_night_the_question_waits_for_the_customers_morning() -> None:
    night = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)  # half past midnight in Warsaw
    held = decide(replace(VISIT, at=night), SURVEY, WARSAW, RULES, night)
    assert held == Hold(datetime(2026, 11, 5, 8, 0, tzinfo=UTC), AskingReason.QUIET_HOURS)


def test_a_customers_own_quiet_hours_replace_those_of_the_rules() -> None:
    night = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)
    none = replace(WARSAW, has_own_quiet_hours=True, quiet_hours=None)
    assert decide(replace(VISIT, at=night), SURVEY, none, RULES, night) == Ask()


WORKING_DAYS = replace(RULES, weekdays=frozenset(WEEKDAYS[:5]))
FRIDAY_NIGHT = datetime(2026, 11, 6, 22, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (FRIDAY_NIGHT, AskingReason.WEEKDAY),
        (datetime(2026, 11, 7, 12, tzinfo=UTC), AskingReason.WEEKDAY),
        (datetime(2026, 11, 8, 22, tzinfo=UTC), AskingReason.QUIET_HOURS),  # the night ends on a day that is allowed
    ],
)
def test_on_other_days_the_question_waits_for_the_morning_of_an_allowed_one(
    now: datetime, reason: AskingReason
) -> None:
    visit = replace(VISIT, at=now)
    survey = SURVEY.model_copy(update={"greatest_age": 3 * DAY})
    assert decide(visit, survey, WARSAW, WORKING_DAYS, now) == Hold(MONDAY_MORNING, reason)
    assert decide(visit, survey, WARSAW, WORKING_DAYS, MONDAY_MORNING) == Ask()


def test_delay_and_limits_end_on_an_allowed_day() -> None:
    delayed = SURVEY.model_copy(update={"delay": DAY, "greatest_age": 5 * DAY})
    visit = replace(VISIT, at=FRIDAY_NIGHT)
    assert decide(visit, delayed, WARSAW, WORKING_DAYS, FRIDAY_NIGHT) == Hold(MONDAY_MORNING, AskingReason.DELAY)
    friday = FRIDAY_NIGHT.replace(hour=12)
    history = replace(WARSAW, last_asked=friday - 6 * DAY)
    held = decide(
        replace(VISIT, at=friday), delayed.model_copy(update={"delay": 0 * DAY}), history, WORKING_DAYS, friday
    )
    assert held == Hold(MONDAY_MORNING, AskingReason.ASKED_RECENTLY)


def test_visit_that_is_too_old_on_the_next_allowed_day_is_skipped_for_the_weekday() -> None:
    visit = replace(VISIT, at=FRIDAY_NIGHT)
    assert decide(visit, SURVEY, WARSAW, WORKING_DAYS, FRIDAY_NIGHT) == Skip(AskingReason.WEEKDAY)


def test_a_visit_that_is_too_old_by_morning_is_skipped_tonight() -> None:
    evening = datetime(2026, 11, 4, 21, tzinfo=UTC)
    old = replace(VISIT, at=evening - timedelta(hours=20))
    assert decide(old, SURVEY, WARSAW, RULES, evening) == Skip(AskingReason.TOO_LATE)


def test_without_consent_the_question_waits_until_the_deadline() -> None:
    held = decide(VISIT, SURVEY, replace(WARSAW, has_consent=False), RULES, NOW)
    assert held == Hold(VISIT.at + timedelta(hours=24), AskingReason.NO_CONSENT)


def test_one_open_question_at_a_time() -> None:
    held = decide(VISIT, SURVEY, replace(WARSAW, has_open_survey=True), RULES, NOW)
    assert isinstance(held, Hold)
    assert held.reason is AskingReason.OPEN_SURVEY


# ---- limits that end in time -----------------------------------------------------------------------------------------

WEEK_OLD = SURVEY.model_copy(update={"greatest_age": 8 * DAY})
DELAYED = NPS.model_copy(update={"delay": 14 * DAY, "greatest_age": 15 * DAY})


@pytest.mark.parametrize(
    ("facts", "reason", "until"),
    [
        ({"last_asked": NOW - 5 * DAY}, AskingReason.ASKED_RECENTLY, NOW + 2 * DAY),
        ({"last_asked_here": NOW - 28 * DAY}, AskingReason.ASKED_HERE_RECENTLY, NOW + 2 * DAY),
        (
            {"asked_last_30_days": tuple(NOW - n * DAY for n in (29, 24, 27, 2, 28))},
            AskingReason.MONTHLY_LIMIT,
            NOW + 2 * DAY,
        ),
        ({"last_asked": NOW - 5 * DAY, "last_asked_here": NOW - 29 * DAY}, AskingReason.ASKED_RECENTLY, NOW + 2 * DAY),
        ({"last_asked": NOW - 28 * DAY, "asks_less_often": True}, AskingReason.LESS_OFTEN, NOW + 2 * DAY),
        # 03:00 in Warsaw, so it waits for the morning
        (
            {"last_asked": NOW - 6 * DAY - timedelta(hours=10)},
            AskingReason.ASKED_RECENTLY,
            NOW.replace(hour=8) + DAY,
        ),
    ],
)
def test_a_limit_that_ends_in_time_holds_the_question_until_then(
    facts: dict[str, object], reason: AskingReason, until: datetime
) -> None:
    history = replace(WARSAW, **facts)  # type: ignore[arg-type]  # a table of facts of several types
    assert decide(VISIT, WEEK_OLD, history, RULES, NOW) == Hold(until, reason)
    assert decide(VISIT, WEEK_OLD, history, RULES, until) == Ask()


def test_an_nps_limit_that_ends_in_time_holds_the_question_until_then() -> None:
    survey = NPS.model_copy(update={"greatest_age": 8 * DAY})
    held = decide(VISIT, survey, replace(WARSAW, last_nps=NOW - 88 * DAY), RULES, NOW)
    assert held == Hold(NOW + 2 * DAY, AskingReason.NPS_RECENTLY)


def test_of_two_limits_the_one_that_ends_last_gives_the_reason() -> None:
    history = replace(WARSAW, last_asked=NOW - DAY, last_asked_here=NOW - DAY)
    assert decide(VISIT, WEEK_OLD, history, RULES, NOW) == Skip(AskingReason.ASKED_HERE_RECENTLY)


def test_a_delayed_question_is_judged_when_it_is_due_and_not_before() -> None:
    """Somebody asked about the checkout is asked for a recommendation two weeks later."""
    visit = AskingVisit("event-1", NOW)
    history = replace(WARSAW, last_asked=NOW, last_nps=NOW - 85 * DAY, asked_last_30_days=(NOW,) * 4)
    assert decide(visit, DELAYED, history, RULES, NOW) == Hold(NOW + 14 * DAY, AskingReason.DELAY)
    due = NOW + 14 * DAY
    assert decide(visit, DELAYED, replace(history, asked_last_30_days=(NOW,)), RULES, due) == Ask()
    assert decide(visit, DELAYED, history, RULES, due) == Skip(AskingReason.MONTHLY_LIMIT)
    asked_since = replace(history, last_asked=due - timedelta(days=6, hours=12), asked_last_30_days=())
    assert decide(visit, DELAYED, asked_since, RULES, due) == Hold(
        (due + timedelta(hours=21 + 24)).replace(hour=8) - DAY, AskingReason.ASKED_RECENTLY
    )


# ---- letters that are about to leave ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["has_chat", "has_consent"])
def test_a_letter_whose_reader_has_no_chat_or_consent_any_more_never_leaves(lost: str) -> None:
    history = replace(WARSAW, **{lost: False})  # type: ignore[arg-type]  # both are booleans
    decision = decide_to_send(VISIT, SURVEY, history, RULES, NOW)
    assert decision == Skip(AskingReason.NO_CHAT if lost == "has_chat" else AskingReason.NO_CONSENT)


def test_a_question_that_was_sent_may_be_reminded_of_beyond_its_greatest_age_and_share() -> None:
    none = SURVEY.model_copy(update={"share": 1e-9})
    sent = AskingVisit("event-1", NOW - 3 * DAY, answerable_until=NOW + DAY)
    assert decide(sent, none, WARSAW, RULES, NOW) == Ask()
    assert decide(sent, none, WARSAW, RULES, NOW + 2 * DAY) == Skip(AskingReason.TOO_LATE)
    assert decide(replace(sent, withdrawn=True), none, WARSAW, RULES, NOW) == Skip(AskingReason.WITHDRAWN)
    night = NOW.replace(hour=22)
    assert decide_to_send(sent, none, WARSAW, RULES, night) == Hold(NOW.replace(hour=8) + DAY, AskingReason.QUIET_HOURS)


@given(st.text(min_size=1, max_size=20))
def test_a_full_sampling_share_takes_every_visit(event_id: str) -> None:
    assert is_sampled(event_id, SURVEY)


def test_about_the_sampling_share_is_asked() -> None:
    tenth = SURVEY.model_copy(update={"share": 0.1})
    assert 80 <= sum(is_sampled(f"event-{n}", tenth) for n in range(1000)) <= 120


moments = st.none() | st.integers(0, 100 * 24).map(lambda h: NOW - timedelta(hours=h))
histories = st.builds(
    History,
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]).map(ZoneInfo),
    has_chat=st.booleans(),
    has_consent=st.booleans(),
    stopped=st.booleans(),
    unreachable=st.booleans(),
    muted=st.booleans(),
    last_asked=moments,
    last_asked_here=moments,
    asked_last_30_days=st.lists(st.integers(0, 30 * 24 - 1).map(lambda h: NOW - timedelta(hours=h))).map(tuple),
    has_open_survey=st.booleans(),
)


@given(histories, st.integers(-10, 40), st.integers(0, 23))
def test_no_rule_of_asking_is_ever_broken(history: History, age: int, hour: int) -> None:
    now = NOW.replace(hour=hour)
    visit = AskingVisit("event", now - timedelta(hours=age))
    decision = decide(visit, SURVEY, history, RULES, now)
    if isinstance(decision, Hold):
        assert now <= decision.until <= visit.at + SURVEY.greatest_age
        if decision.reason in LIMIT_REASONS:  # nothing that time ends stands in the way then, so it is decided once
            later = decide(visit, SURVEY, replace(history, has_open_survey=False), RULES, decision.until)
            assert later == Ask()
    if isinstance(decision, Ask):
        assert history.has_consent
        assert history.has_chat
        assert not history.stopped
        assert not history.unreachable
        assert not history.muted
        assert not history.has_open_survey
        assert RULES.quiet_hours is not None
        assert not RULES.quiet_hours.covers(now.astimezone(history.zone))
        assert history.last_asked is None or now - history.last_asked >= RULES.any_survey
        assert history.last_asked_here is None or now - history.last_asked_here >= RULES.same_touchpoint
        assert sum(at > now - 30 * DAY for at in history.asked_last_30_days) < RULES.per_month
        assert visit.at <= now <= visit.at + SURVEY.greatest_age
