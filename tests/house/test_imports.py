"""The walls of the house: import contracts are kept, and they would notice if they were not."""

from pathlib import Path

from tests.house.imports import PLANTED, lint_imports, list_caught, plant, read_contract_names
from tests.house.source import ROOT


def test_the_direction_of_imports_is_kept() -> None:
    kept, printed = lint_imports(ROOT)
    assert kept, printed[-3000:]


def test_imports_that_no_room_may_have_are_caught(tmp_path: Path) -> None:
    plant(tmp_path)
    kept, printed = lint_imports(tmp_path)
    assert not kept
    assert list_caught(printed) == list(PLANTED), printed[-3000:]
    assert [name for name in read_contract_names() if f"{name} BROKEN" not in printed] == [], "each has a planted case"
