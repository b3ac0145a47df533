"""The fuzzers find what they look for: planted faults are reported, once for each kind, and can be repeated."""

import json
import logging
import time
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.door import Door, FuzzRun
from tests.fuzz.mutation import CANARY, mutate_bytes, mutate_lines, mutate_value, write_json
from tests.fuzz.watching import measure_reference

MOST_STRETCH = 4.0
log = logging.getLogger(__name__)


class PlantedDoor(Door):
    """Door with one fault; it lives for one knock."""

    name = "planted"
    knocks_per_life = 1
    expected_errors = ("is usual",)

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault

    async def open(self, folder: Path) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None:
        assert self.fault != "check", "a wrong counter"

    async def knock(self, random: Random) -> None:
        self.last = random.random()
        self.begin_to_watch()
        if self.fault == "answer":
            raise AssertionError("500")
        if self.fault == "leak":
            log.info("said", extra={"words": CANARY})
        if self.fault == "error":
            log.error("a fault of ours")
        if self.fault == "block":
            self._block()

    def _block(self) -> None:
        """Compute for longer than is allowed, by the measure of this run."""
        end = time.thread_time() + 1.5 * MOST_STRETCH * measure_reference()
        while time.thread_time() < end:
            json.loads("[1]")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("answer", "AssertionError: 500"),
        ("check", "a wrong counter"),
        ("leak", "the log tells what it must not"),
        ("error", "the log tells of an error"),
        ("block", "the event loop was held"),
    ],
)
async def test_planted_fault_is_found_and_told_with_what_was_sent(fault: str, says: str) -> None:
    found: list[str] = []
    door = PlantedDoor(fault)
    report = await FuzzRun(door, 7, found.append, MOST_STRETCH).run(0)
    (finding,) = found
    assert says in finding
    assert finding.startswith("planted --seed 7 --life 0, knock ")
    assert finding.endswith(f"sent: {door.last!r}")
    assert len(report.findings) == 1


async def test_door_without_a_fault_has_no_findings() -> None:
    found: list[str] = []
    assert not (await FuzzRun(PlantedDoor(""), 7, found.append).run(0)).findings
    assert not found


def test_same_seed_makes_the_same_changes_and_others_make_others() -> None:
    def make(seed: int) -> tuple[bytes, bytes, str]:
        random = Random(seed)
        value = {"events": [{"id": "1", "at": "2026-11-22", "attributes": {"a": 1}}]}
        return (
            write_json(random, mutate_value(random, value)),
            mutate_bytes(random, b"0123456789" * 9),
            mutate_lines(random, "a = 1\nb = 2\n"),
        )

    assert [make(seed) for seed in range(20)] == [make(seed) for seed in range(20)]
    assert len({make(seed) for seed in range(200)}) > 150


@pytest.mark.parametrize("value", [{}, [], {"a": [1, {"b": None}]}, "x", None])
def test_any_value_can_be_changed_and_its_original_stays(value: object) -> None:
    before = json.dumps(value)
    for seed in range(50):
        write_json(Random(seed), mutate_value(Random(seed), value))
    assert json.dumps(value) == before
