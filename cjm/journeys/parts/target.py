"""Target: a value that a figure of a journey should reach, or should not exceed."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any

from pydantic import PlainValidator

from cjm.file_model import FileModel, Reference, format_duration, parse_duration
from cjm.scales import Scale


class TargetedFigure(StrEnum):
    """Figure of a stage that is no score and no measure, and can have a target."""

    CONVERSION = "conversion"  # % of the walks that go on
    TIME = "time"  # within which half of them go on
    SUPPORT = "support"  # support contacts per 100 customers


def _read_bound(value: Any) -> Any:
    """Return a number as a float, and a text such as "2h" as a length of time."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return _read_time(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError('must be a number; a time is a text such as "2h"')
    if abs(value) > 1e300 or not isfinite(value):
        raise ValueError("must be a finite number, not nan or inf")
    return float(value)


def _read_time(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        if "long" in str(error):
            raise
        raise ValueError('must be a number, or a time such as "30m", "2h" or "3d"') from None


Bound = Annotated[float | timedelta, PlainValidator(_read_bound)]


class Target(FileModel):
    """Value that a figure should reach (``at_least``) or not exceed (``at_most``), at one stage or at every one.

    Exactly one of ``scale``, ``figure`` and ``measure`` says which figure, and exactly one bound is there.
    """

    scale: Scale | None = None
    figure: TargetedFigure | None = None
    measure: Reference | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    stage: Reference | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """Name of the key that says which figure, and its value."""
        names = ((name, getattr(self, name)) for name in ("scale", "figure", "measure"))
        return next((name, str(value)) for name, value in names if value is not None)

    @property
    def is_least(self) -> bool:
        """True if the figure should reach the value, else it should not exceed it."""
        return self.at_least is not None

    @property
    def value(self) -> float:
        """Value in the unit of the figure: of a time in seconds."""
        bound = self.at_least if self.at_least is not None else self.at_most
        return bound.total_seconds() if isinstance(bound, timedelta) else float(bound or 0.0)

    @property
    def value_text(self) -> str:
        """Value as the journey file writes it."""
        bound = self.at_least if self.at_least is not None else self.at_most
        return format_duration(bound) if isinstance(bound, timedelta) else f"{bound:g}"


def choose_targets(targets: Iterable[Target], stage: str) -> list[Target]:
    """Return the targets that hold at a stage, in the order of the file: its own ones instead of those of every stage.

    ``stage`` is its present key.
    """
    fitting = [target for target in targets if target.stage in (stage, None)]
    own = {target.subject for target in fitting if target.stage is not None}
    return [target for target in fitting if target.stage is not None or target.subject not in own]
