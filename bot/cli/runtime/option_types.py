"""Types of options and arguments that refuse a wrong value in the words of people, not of the machine."""

import os
from pathlib import Path
from typing import Any

import click


class NumberInRange(click.IntRange):
    """Whole number from a least to a greatest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"must be from {self.min} to {self.max}", param, ctx)


class DayOption(click.DateTime):
    """Day such as 2026-10-01."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail("must be a day, such as 2026-10-01", param, ctx)


class Folder(click.Path):
    """Folder that exists or can be made."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        folder = Path(os.fsdecode(super().convert(value, param, ctx)))
        if folder.exists() and not folder.is_dir():
            self.fail(f"{folder} is a file, not a folder", param, ctx)
        return folder
