"""Blocks of durations: each bucket is told as its counters tell it, of everyone and of each part."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.facts.duration_blocks import BLOCK, EVERYONE, BlockKey, BlockSums, block_moves
from cjm.figures.facts.spans import DAY, WEEK, is_summed, week_start
from cjm.figures.tally import ENTERED, SINCE_START, TOOK, CounterKey, CounterSums, Move, sum_moves

FIRST = date(2025, 12, 20)
FACT = st.tuples(
    st.integers(0, 20), st.sampled_from([TOOK, SINCE_START]), st.integers(0, 353), st.integers(1, 2),
    st.sampled_from(["site", "app"]), st.sampled_from([-0.5, 0.0, 0.25]),
)  # fmt: skip


def make_move(ago: int, measure: str, bucket: int, cohort: int, channel: str, position: float) -> Move:
    key = CounterKey("j", FIRST + timedelta(days=ago), "s", measure, str(bucket), cohort, channel)
    return key, CounterSums(1, position, position * position)


def sum_buckets(moves: list[Move], span: int, *, is_everyone: bool) -> dict[tuple[object, ...], CounterSums]:
    """Return the sums of single buckets, by the key that they have in blocks."""
    sums: defaultdict[tuple[object, ...], CounterSums] = defaultdict(lambda: CounterSums(0))
    for key, added in moves:
        part = () if is_everyone else (key.cohort_id, key.channel)
        day = key.day if span == DAY else week_start(key.day)
        sums[day, key.measure, int(key.bucket), *part] += added
    return dict(sums)


def open_blocks(
    blocks: dict[BlockKey, BlockSums], span: int, *, is_everyone: bool
) -> dict[tuple[object, ...], CounterSums]:
    return {
        (key.day, key.measure, key.block * BLOCK + place, *(() if is_everyone else (key.cohort_id, key.channel))): sums
        for key, block in blocks.items()
        if key.span == span and (key.cohort_id == EVERYONE) is is_everyone
        for place, sums in block.buckets.items()
    }


@given(st.lists(FACT))
def test_blocks_tell_each_bucket_as_its_counters_do(facts: list[tuple[int, str, int, int, str, float]]) -> None:
    moves = [make_move(*fact) for fact in facts]
    blocks = sum_moves(block_moves(moves))
    for span in (DAY, WEEK):
        for is_everyone in (True, False):
            found = open_blocks(blocks, span, is_everyone=is_everyone)
            assert found == sum_buckets(moves, span, is_everyone=is_everyone)
    taken_back = [(key, -sums) for key, sums in moves]
    assert sum_moves(block_moves([*moves, *taken_back])) == {}


def test_counters_are_in_blocks_or_in_sums_of_their_own() -> None:
    entry = CounterKey("j", FIRST, "s", ENTERED, "7", 1, "site")
    assert list(block_moves([(entry, CounterSums())])) == []
    assert is_summed("s", ENTERED)
    assert not any(is_summed("s", measure) for measure in (TOOK, SINCE_START))
