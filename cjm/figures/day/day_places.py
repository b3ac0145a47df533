"""Part of the day of a visit, and the names under which answers count by it.

* A time that is exactly midnight in the journey's zone or in UTC tells a day alone: a sender without times writes it
  so. So does exactly noon in an imported table, as a day alone is read there. The part of such a visit is not known.
* The part is that of the customer's clock where their zone is known, else that of the journey's. It is stored with the
  visit: a customer who moves to another zone later changes nothing.
"""

from datetime import UTC, datetime, time, tzinfo

from cjm.figures.day.parts import PartOfDay, part_of

PART_PREFIX = "@"
"""Beginning of the subjects of parts of the day; no key of a stage or touchpoint has it."""

_MIDNIGHT, _NOON = time(0), time(12)


def find_part(at: datetime, journey_zone: tzinfo, own_zone: tzinfo | None, *, is_imported: bool) -> PartOfDay | None:
    """Return the part of the day of a visit; None where only its day is known."""
    clock = at.astimezone(journey_zone).time()
    if _MIDNIGHT in (clock, at.astimezone(UTC).time()) or (is_imported and clock == _NOON):
        return None
    return part_of(clock if own_zone is None else at.astimezone(own_zone).time())


def part_place(part: PartOfDay) -> str:
    """Return the name under which answers about visits in a part of the day are counted, beside those of stages."""
    return PART_PREFIX + part


def read_part_place(subject: str) -> PartOfDay:
    """Return the part of the day that a subject of counters names."""
    return PartOfDay(subject.removeprefix(PART_PREFIX))
