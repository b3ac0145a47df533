"""Decisions about asking: each rule by itself, and what no facts can lead to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.asking.decision import Ask, AskingReason, AskingRules, AskingVisit, History, Hold, Skip, decide, is_sampled
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey

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
        ({"unreachable": True}, AskingReason.UNREACHABLE),
        ({"muted": True}, AskingReason.MUTED),
        ({"last_asked": NOW - DAY}, AskingReason.ASKED_RECENTLY),
        ({"last_asked_here": NOW - 29 * DAY}, AskingReason.ASKED_HERE_RECENTLY),
        ({"asked_last_30_days": 4}, AskingReason.MONTHLY_LIMIT),
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
    asked_last_30_days=st.integers(0, 6),
    has_open_survey=st.booleans(),
)


@given(histories, st.integers(-10, 40), st.integers(0, 23))
def test_no_rule_of_asking_is_ever_broken(history: History, age: int, hour: int) -> None:
    now = NOW.replace(hour=hour)
    visit = AskingVisit("event", now - timedelta(hours=age))
    decision = decide(visit, SURVEY, history, RULES, now)
    if isinstance(decision, Hold):
        assert now <= decision.until <= visit.at + SURVEY.greatest_age
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
        assert history.asked_last_30_days < RULES.per_month
        assert visit.at <= now <= visit.at + SURVEY.greatest_age
