"""Folder of a demo that is kept: it goes on where it stopped, and begins again when its database was deleted."""

from pathlib import Path

from bot.demo.startup import DATABASE, DemoOptions, start_demo


async def test_demo_whose_database_was_deleted_begins_again_without_a_question(tmp_path: Path) -> None:
    options = DemoOptions(open_browser=False, weeks=1)
    for _ in range(2):
        shares: list[float] = []
        async with start_demo(options, tmp_path, shares.append):
            assert shares, "a past was simulated"
        (tmp_path / DATABASE).unlink()
