"""Base class and field types of the models that are read from TOML files: journeys and table mappings."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

LONGEST_DURATION = timedelta(days=365)


class FileModel(BaseModel):
    """Frozen part of a file. Unknown keys are mistakes, and errors never repeat what was typed.

    A model checks its own fields only. Rules between parts of a journey are in `cjm.journeys.rules`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def is_key(text: str) -> bool:
    """Return whether ``text`` can be the key of something in a journey."""
    return re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text) is not None


def _check_key(value: str) -> str:
    if not is_key(value):
        raise ValueError(
            "must begin with a small letter and hold only small letters, digits, - and _, at most 40 of them"
        )
    return value


def parse_duration(value: Any) -> timedelta:
    """Parse a length of time such as "30m", "2h", "3d" or "1w"; 0 is none. Raises ValueError with a sentence."""
    if isinstance(value, timedelta):
        return value
    if value == "0" or (isinstance(value, int) and value == 0 and value is not False):  # False equals 0 in Python
        return timedelta()
    found = re.fullmatch(r"([0-9]{1,6})\s*(m|min|h|d|w)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a number with m, h, d or w in quotes, such as "30m", "2h" or "3d"')
    unit = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    length = timedelta(**{unit: int(found[1])})
    if length > LONGEST_DURATION:
        raise ValueError(f"is too long; at most {LONGEST_DURATION.days}d is allowed")
    return length


def format_duration(duration: timedelta) -> str:
    """Return the length of time as a journey file writes it: "30m", "2h", "3d" or "1w". Seconds are dropped."""
    minutes = int(duration.total_seconds() // 60)
    for unit, size in (("w", 10_080), ("d", 1_440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m" if minutes else "0"


Key = Annotated[str, AfterValidator(_check_key)]
Reference = str  # a key that must exist elsewhere in the file; cjm.journeys.rules checks that it does
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
