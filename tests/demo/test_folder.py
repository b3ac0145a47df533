"""Folder of a demo: one demo at a time, and a damaged state is called so before anything is changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.demo.folder import DATABASE, STATE, DemoFolder, DemoFolderError
from bot.demo.startup import DemoOptions, start_demo

TIMES = dict.fromkeys(("now", "lived_until", "begin"), "2026-03-02T10:00:00+01:00")
GOOD: dict[str, Any] = {**TIMES, "weeks": 1, "language": "pl", "next_id": 7}


async def start(folder: Path) -> None:
    async with start_demo(DemoOptions(open_browser=False), folder, lambda _share: None):
        raise AssertionError("it started")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        *(
            json.dumps({**GOOD, **change})
            for change in (
                {"now": "2026-03-02T10:00:00"},
                {"now": None},
                {"language": 'en"\n[x]'},
                {"next_id": "7"},
                {"weeks": None},
            )
        ),
    ],
    ids=lambda each: each[:12] + each[-60:],
)
async def test_damaged_state_is_named_and_nothing_is_changed(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE).write_text(json.dumps(GOOD))
    assert DemoFolder(tmp_path).read_state().language == "pl"
    (tmp_path / STATE).write_text(text)
    (tmp_path / DATABASE).write_text("database")
    with pytest.raises(DemoFolderError, match="not the state of a demo"):
        await start(tmp_path)
    assert ((tmp_path / STATE).read_text(), (tmp_path / DATABASE).read_text()) == (text, "database")


async def test_second_demo_in_a_folder_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    """It would take the database away from the first one, or its chats and its token."""
    (tmp_path / DATABASE).write_text("the first demo simulates its past")
    with DemoFolder(tmp_path).lock():
        before = sorted(path.name for path in tmp_path.iterdir())
        with pytest.raises(DemoFolderError, match="another demo runs"):
            await start(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        assert (tmp_path / DATABASE).read_text() == "the first demo simulates its past"
    with DemoFolder(tmp_path).lock():
        pass
