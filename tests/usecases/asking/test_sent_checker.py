"""The independent checker finds each kind of fault when one is planted, and none in a life without any."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.usecases.asking.sent_checker import (
    Fault,
    LiveMessage,
    PersonFacts,
    Promises,
    SentQuestion,
    Switch,
    find_faults,
)

NOON, DAY = datetime(2026, 11, 4, 12, tzinfo=UTC), timedelta(days=1)
PROMISES = Promises(7 * DAY, 30 * DAY, 90 * DAY, 2, time(21), time(9))
FIRST = SentQuestion("anna", "shop", NOON, DAY, NOON, ended_at=NOON + 3 * DAY, reminders=(NOON + 2 * DAY,))
WEDNESDAYS = replace(PROMISES, weekdays={2})
NEXT = replace(FIRST, place="phone", visited_at=NOON + 8 * DAY, sent_at=NOON + 8 * DAY, ended_at=None, reminders=())


def make_life() -> PersonFacts:
    life = PersonFacts(zones=[(NOON - DAY, "Europe/Warsaw")])
    life.consent.turn(NOON - DAY, True)
    return life


def find(*questions: SentQuestion, change: Callable[[PersonFacts], None] = lambda life: None) -> set[Fault]:
    life = make_life()
    change(life)
    return {fault for fault, _ in find_faults(questions, {"anna": life}, PROMISES)}


def move_to_tokyo(life: PersonFacts) -> None:
    life.zones.append((NOON, "Asia/Tokyo"))


def refuse(life: PersonFacts) -> None:
    life.consent.turn(NOON, False)


def stop(life: PersonFacts) -> None:
    life.stop.turn(NOON, True)


def mute(life: PersonFacts) -> None:
    life.mutes["shop"] = Switch([(NOON, True)])


def employ(life: PersonFacts) -> None:
    life.staff.turn(NOON, True)


def wish_less(life: PersonFacts) -> None:
    life.less_often.turn(NOON + DAY, True)


def rest_at_noon(life: PersonFacts) -> None:
    life.quiet_hours.append((NOON, time(12), time(14)))


def keep_live(live_until: datetime, left_at: datetime | None = None) -> SentQuestion:
    return replace(FIRST, messages=(LiveMessage(live_until, left_at),))


def test_a_life_without_faults_has_none() -> None:
    assert find(FIRST, NEXT) == set()


def test_a_message_may_lose_its_buttons_a_little_late() -> None:
    assert find(keep_live(NOON + 4 * DAY)) == set()
    assert find(keep_live(NOON + 2 * DAY, NOON + DAY)) == set()


def test_a_question_is_read_by_its_own_promises() -> None:
    often = replace(PROMISES, any_question=DAY)
    assert find(FIRST, replace(NEXT, sent_at=NOON + 6 * DAY, promises=often)) == set()
    rarely = replace(PROMISES, any_question=9 * DAY)
    assert find(FIRST, replace(NEXT, promises=rarely)) == {Fault.TOO_SOON}


def test_a_promise_that_was_asked_for_is_kept_on_any_day() -> None:
    on_wednesdays = replace(FIRST, promises=WEDNESDAYS, reminders=(), kept_promises=(NOON + DAY,))
    assert find(on_wednesdays) == set()


def test_a_wish_that_was_taken_back_before_the_question_is_no_fault() -> None:
    def change(life: PersonFacts) -> None:
        life.stop.changes += [(NOON - 2 * DAY, True), (NOON - DAY, False)]

    assert find(FIRST, change=change) == set()


@pytest.mark.parametrize(
    ("questions", "change", "fault"),
    [
        ((FIRST,), move_to_tokyo, Fault.NIGHT),
        ((FIRST,), refuse, Fault.NO_CONSENT),
        ((FIRST,), stop, Fault.STOPPED),
        ((FIRST,), mute, Fault.MUTED),
        ((replace(FIRST, withdrawn_at=NOON),), None, Fault.WITHDRAWN),
        ((replace(FIRST, withdrawn_at=NOON + DAY),), None, Fault.WITHDRAWN),  # of its reminder
        ((replace(FIRST, reminders=(NOON + timedelta(hours=14),)),), None, Fault.NIGHT),
        ((replace(FIRST, reminders=(), kept_promises=(NOON + timedelta(hours=14),)),), None, Fault.NIGHT),
        ((FIRST, replace(NEXT, sent_at=NOON + 6 * DAY)), None, Fault.TOO_SOON),
        ((FIRST, replace(NEXT, place="shop")), None, Fault.TOO_SOON),
        ((replace(FIRST, recommends=True), replace(NEXT, recommends=True)), None, Fault.TOO_SOON),
        (
            (FIRST, replace(NEXT, ended_at=NOON + 9 * DAY), replace(NEXT, place="mail", sent_at=NOON + 16 * DAY)),
            None,
            Fault.TOO_MANY,
        ),
        ((replace(FIRST, ended_at=None), NEXT), None, Fault.TWO_OPEN),
        ((replace(FIRST, visited_at=NOON - 2 * DAY),), None, Fault.TOO_OLD),
        ((replace(FIRST, reminders=(NOON + DAY, NOON + 2 * DAY)),), None, Fault.SECOND_REMINDER),
        ((FIRST,), rest_at_noon, Fault.NIGHT),
        ((FIRST,), employ, Fault.STAFF),
        ((FIRST, NEXT), wish_less, Fault.TOO_SOON),
        ((replace(FIRST, promises=replace(PROMISES, weekdays={0})),), None, Fault.WEEKDAY),
        ((replace(FIRST, promises=WEDNESDAYS),), None, Fault.WEEKDAY),  # of its reminder
        ((replace(FIRST, went_on_at=NOON),), None, Fault.WENT_ON),
        ((replace(FIRST, ended_at=NOON + DAY),), None, Fault.OVER),
        ((keep_live(NOON + 5 * DAY),), None, Fault.LEFT_LIVE),
        ((keep_live(NOON + 3 * DAY, NOON + DAY),), None, Fault.LEFT_LIVE),  # of one that it has left
    ],
)
def test_a_planted_fault_is_found(
    questions: tuple[SentQuestion, ...], change: Callable[[PersonFacts], None] | None, fault: Fault
) -> None:
    assert fault in find(*questions, change=change or (lambda life: None))


def test_every_kind_of_fault_is_planted() -> None:
    marks = test_a_planted_fault_is_found.pytestmark  # type: ignore[attr-defined]  # pytest adds it
    assert {fault for _, _, fault in marks[0].args[1]} == set(Fault)
