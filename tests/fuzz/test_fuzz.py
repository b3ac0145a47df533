"""Every door is knocked at for some seconds by a fixed seed; ``tests.fuzz.__main__`` does it for hours by new ones."""

import pytest

from tests.depth import choose_depth
from tests.fuzz.door import FuzzRun
from tests.fuzz.doors import DOORS

SECONDS = choose_depth(2, 60)  # a bound on the work, and no claim
SEED = 9  # fixed, so that no change is refused for what an earlier one did; new seeds are tried by the command


@pytest.mark.parametrize("name", DOORS)
async def test_door_holds_against_anything_that_is_sent(name: str) -> None:
    findings: list[str] = []
    report = await FuzzRun(DOORS[name](), SEED, findings.append).run(SECONDS)
    assert not findings, "\n\n".join(findings)
    assert report.knocks > 0
