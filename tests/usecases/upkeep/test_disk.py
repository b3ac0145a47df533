"""Room on the disk beside the database."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.usecases.upkeep.check_disk import check_disk
from bot.usecases.upkeep.findings import Severity


def test_disk_with_little_room_is_a_warning(tmp_path: Path) -> None:
    little = check_disk(tmp_path / "tropa.db", least_free_bytes=10**18)
    assert little is not None
    assert little.severity is Severity.WARNING
    assert little.text.endswith(f"GB free at {tmp_path}: free some space")
    enough = check_disk(tmp_path / "tropa.db", least_free_bytes=1)
    assert enough is not None
    assert enough.severity is Severity.OK
    assert check_disk(tmp_path / "missing" / "tropa.db") is None


def test_of_a_database_on_a_server_no_disk_is_told() -> None:
    assert check_disk(None) is None


@pytest.mark.parametrize(("free", "room"), [(2_340_000_000, "2.3 GB"), (499_000_000, "499 MB"), (4_800_000, "5 MB")])
def test_little_room_is_told_in_megabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, room: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    found = check_disk(tmp_path / "tropa.db")
    assert found is not None
    assert found.text.startswith(f"{room} free at {tmp_path}")
