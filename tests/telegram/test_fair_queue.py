"""Chats take turns, taps first; a chat keeps its order; a crowd and a flood leave room for those that come later."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.db.delivery.inbox import StoredUpdate, WaitingUpdate
from bot.telegram.receiving.fair_queue import MOST_QUEUED, OTHERS_IN_A_ROW, TAPS_IN_A_ROW, FairQueue, QueuedUpdate

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def text(number: int, chat: str | None, *, is_tap: bool = False) -> QueuedUpdate:
    return QueuedUpdate(StoredUpdate(number, number, chat, "{}", 0, NOW), is_tap)


def tap(number: int, chat: str | None) -> QueuedUpdate:
    return text(number, chat, is_tap=True)


def filled(*updates: QueuedUpdate) -> FairQueue:
    queue = FairQueue()
    for update in updates:
        queue.add(update)
    return queue


def names(updates: list[QueuedUpdate]) -> list[str]:
    return [f"{update.stored.chat}{update.stored.id}" for update in updates]


def take_all(queue: FairQueue) -> list[str]:
    """Handle everything, one after the other."""
    taken = []
    while (update := queue.take()) is not None:
        taken.append(update)
        queue.finish(update)
    return names(taken)


def test_chats_take_turns() -> None:
    queue = filled(*[text(n, "a") for n in range(1, 6)], text(6, "b"), text(7, "b"), text(8, "c"))
    assert take_all(queue) == ["a1", "b6", "c8", "a2", "b7", "a3", "a4", "a5"]


def test_a_tap_comes_before_words_of_other_chats_but_after_those_of_its_own() -> None:
    queue = filled(text(1, "a"), text(2, "a"), text(3, "b"), tap(4, "b"), tap(5, "c"))
    assert take_all(queue) == ["c5", "a1", "b3", "b4", "a2"]


def test_a_storm_of_taps_delays_words_but_does_not_stop_them() -> None:
    taps = [tap(n, f"tapper {n} #") for n in range(TAPS_IN_A_ROW * 3)]
    order = take_all(filled(*taps, text(100, "a"), text(101, "b")))
    assert [order.index("a100"), order.index("b101")] == [TAPS_IN_A_ROW, 2 * TAPS_IN_A_ROW + 1]


def test_groups_of_strangers_come_after_people_and_known_groups_and_are_not_starved() -> None:
    queue = FairQueue()
    queue.prefer("-1")
    for update in (*[text(n, f"-{n} #") for n in range(10, 40)], text(90, "a"), text(91, "-1")):
        queue.add(update)
    assert take_all(queue)[:2] == ["a90", "-191"]
    crowd = [text(n, f"person {n} #") for n in range(OTHERS_IN_A_ROW * 2)]
    assert take_all(filled(text(99, "-9"), *crowd)).index("-999") == OTHERS_IN_A_ROW


def test_one_update_of_a_chat_is_taken_at_a_time_and_one_put_back_stays_the_first() -> None:
    queue = filled(text(1, "a"), text(2, "a"), text(3, "b"))
    first, other = queue.take(), queue.take()
    assert first is not None
    assert other is not None
    assert (names([first, other]), queue.take()) == (["a1", "b3"], None)
    queue.put_back(first)
    assert queue.take() is first
    queue.finish(first)
    queue.finish(other)
    assert (take_all(queue), len(queue)) == (["a2"], 0)


def test_an_update_that_is_found_late_takes_its_place_in_the_order_but_not_that_of_one_being_handled() -> None:
    queue = filled(text(4, "a"), text(6, "a"))
    taken = queue.take()
    assert taken is not None
    queue.add(text(5, "a"))
    queue.add(text(3, "a"))
    queue.finish(taken)
    assert take_all(queue) == ["a3", "a5", "a6"]


def test_a_flood_of_one_chat_leaves_room_for_a_crowd() -> None:
    queue = FairQueue()
    flood = [WaitingUpdate(n, "flood") for n in range(5000)]
    assert len(queue.choose(flood).ids) < MOST_QUEUED / 10
    for update in flood:
        if queue.has_room(update.chat):
            queue.add(text(update.id, update.chat))
    crowd = [WaitingUpdate(n, f"person {n}") for n in range(10_000, 11_500)]
    choice = queue.choose(crowd)
    assert (choice.ids, choice.behind) == ([person.id for person in crowd], set())
    assert queue.choose(flood).behind == {"flood"}


def test_a_chat_of_which_more_may_wait_is_behind_even_if_all_that_was_seen_finds_room() -> None:
    queue = FairQueue(most=100)
    queue.add(text(0, "a"))
    seen = [WaitingUpdate(0, "a"), *[WaitingUpdate(n, "a") for n in range(1, queue.most_of_chat)]]
    assert queue.choose(seen[:5]).behind == set()
    assert "a" in queue.choose(seen).behind


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["a", "b", "c", None]), st.booleans()),
        st.tuples(st.sampled_from(["take", "finish", "put back"]), st.integers(0, 5), st.none()),
    ),
    max_size=80,
)


@given(STEPS)
def test_whatever_happens_every_update_is_handled_once_and_each_chat_in_order(
    steps: list[tuple[str, str | int | None, bool | None]],
) -> None:
    queue, added, busy, done = FairQueue(most=40), Counter[str | None](), list[QueuedUpdate](), list[QueuedUpdate]()
    for number, (step, which, is_tap) in enumerate(steps):
        if step == "add" and not isinstance(which, int) and queue.has_room(which):
            queue.add(text(number, which, is_tap=bool(is_tap)))
            added[which] += 1
        elif step == "take" and (update := queue.take()) is not None:
            assert update.stored.chat not in [other.stored.chat for other in busy]
            busy.append(update)
        elif step == "finish" and busy and isinstance(which, int):
            done.append(busy.pop(which % len(busy)))
            queue.finish(done[-1])
        elif step == "put back" and busy and isinstance(which, int):
            queue.put_back(busy.pop(which % len(busy)))
        assert len(queue) <= queue.most
        assert len(queue) == sum(added.values()) - len(done)
    for update in busy:
        queue.put_back(update)
    while (update := queue.take()) is not None:
        done.append(update)
        queue.finish(update)
    for chat in added:
        ids = [update.stored.id for update in done if update.stored.chat == chat]
        assert len(ids) == added[chat]
        assert ids == sorted(ids)
