"""A letter's next state after each try: every result × attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterHeld
from bot.outbox.messenger import ChatMoved, NeverLeft, Rejected, SentMessage, Throttled, Uncertain, Unreachable
from bot.outbox.policy import AttemptResult, RenderingFailed
from cjm.address import Address

NEW = Address("telegram", "-1001")
ENDS: list[tuple[AttemptResult, LetterState, str | None]] = [
    (SentMessage("5"), LetterState.SENT, None),
    (LetterDropped("expired"), LetterState.DROPPED, "expired"),
    (Unreachable("blocked"), LetterState.UNREACHABLE, "blocked"),
    (Rejected("chat not found"), LetterState.REJECTED, "chat not found"),
    (Uncertain("reset"), LetterState.UNKNOWN, "reset"),
]


@pytest.mark.parametrize("attempts", [1, 2, 5, 6, 100])
@pytest.mark.parametrize(("result", "state", "reason"), ENDS)
def test_a_final_result_ends_a_letter_at_once_whatever_came_before(
    result: AttemptResult, state: LetterState, reason: str | None, attempts: int
) -> None:
    following = policy.next_state(result, attempts, can_repeat=False)
    assert (following.state, following.reason, following.is_end) == (state, reason, True)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (5000, 300)])
def test_a_letter_that_never_left_is_tried_again_for_ever_but_more_and_more_slowly(attempts: int, seconds: int) -> None:
    following = policy.next_state(NeverLeft("no route"), attempts, can_repeat=False)
    assert (following.state, following.delay) == (LetterState.RETRY, timedelta(seconds=seconds))


@pytest.mark.parametrize("attempts", [1, 7, 300])
@pytest.mark.parametrize("seconds", [1, 35, 4000])
def test_a_throttled_letter_waits_as_long_as_the_messenger_asked(attempts: int, seconds: int) -> None:
    following = policy.next_state(Throttled(seconds), attempts, can_repeat=False)
    assert (following.state, following.delay) == (LetterState.RETRY, timedelta(seconds=seconds))


@pytest.mark.parametrize("attempts", [1, 5, 100])
def test_a_letter_that_its_kind_holds_is_due_again_at_that_time_and_was_not_tried(attempts: int) -> None:
    morning = datetime(2026, 11, 3, 9, tzinfo=UTC)
    following = policy.next_state(LetterHeld(morning, "quiet hours"), attempts, can_repeat=False)
    assert (following.state, following.reason, following.is_end) == (LetterState.DUE, "quiet hours", False)
    assert (following.counts_as_try, following.due_after(morning - timedelta(days=1))) == (False, morning)


@pytest.mark.parametrize(
    ("attempts", "state", "seconds"),
    [
        (1, LetterState.RETRY, 5),
        (2, LetterState.RETRY, 10),
        (4, LetterState.RETRY, 40),
        (5, LetterState.REJECTED, None),
    ],
)
def test_a_letter_that_cannot_be_rendered_is_given_up_at_the_fifth_try_of_any_kind(
    attempts: int, state: LetterState, seconds: int | None
) -> None:
    following = policy.next_state(RenderingFailed("KeyError"), attempts, can_repeat=False)
    assert following.state is state
    assert following.delay == (None if seconds is None else timedelta(seconds=seconds))


def test_a_group_that_moved_is_written_to_at_once_and_later_after_the_fifth_try_of_any_kind() -> None:
    assert policy.next_state(ChatMoved(NEW), 1, can_repeat=False) == policy.NextLetterState(
        LetterState.DUE, "the group moved", timedelta()
    )
    assert policy.next_state(ChatMoved(NEW), 5, can_repeat=False) == policy.NextLetterState(
        LetterState.RETRY, "the group moved", timedelta(seconds=16)
    )


@pytest.mark.parametrize(
    ("result", "breaks"),
    [
        (Uncertain("reset"), True),
        (NeverLeft("refused"), True),
        (Throttled(3), False),
        (Unreachable("blocked"), False),
        (Rejected("empty"), False),
        (ChatMoved(NEW), False),
        (SentMessage("1"), False),
        (LetterDropped("late"), False),
        (LetterHeld(datetime(2026, 11, 3, tzinfo=UTC), "quiet hours"), False),
        (RenderingFailed("KeyError"), False),
    ],
)
def test_only_some_results_mean_that_the_connection_is_broken(result: AttemptResult, breaks: bool) -> None:
    assert policy.is_connection_broken(result) is breaks


def test_a_letter_is_too_late_only_after_its_last_moment() -> None:
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    letter = Letter(
        id=1,
        key="k",
        to=NEW,
        thread=None,
        kind="note",
        priority=30,
        data={},
        state=LetterState.LEASED,
        due_at=noon,
        not_after=noon,
        attempts=0,
        created_at=noon,
    )
    assert not policy.is_too_late(letter, noon)
    assert policy.is_too_late(letter, noon + timedelta(seconds=1))
