"""Types of options and arguments that refuse a wrong value with a plain sentence instead of click's own message."""

import os
from pathlib import Path
from typing import Any

import click


class NumberInRange(click.IntRange):
    """Whole number from ``min`` to ``max``, both included; the message needs both."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"must be from {self.min} to {self.max}", param, ctx)

    def _describe_range(self) -> str:
        """Return the range as the help shows it behind an option; click's own is "1<=x<=52"."""
        return f"{self.min} to {self.max}"


class DayOption(click.DateTime):
    """Day such as 2026-10-01; the value is its midnight, a datetime without a zone."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail("must be a day, such as 2026-10-01", param, ctx)


class Folder(click.Path):
    """Path of a folder, which may be missing. A path that exists and is no folder is refused."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        # click declares str, bytes or path, although path_type makes it a Path; fsdecode() accepts all of them.
        folder = Path(os.fsdecode(super().convert(value, param, ctx)))
        if folder.exists() and not folder.is_dir():
            self.fail(f"{folder} is a file, not a folder", param, ctx)
        return folder
