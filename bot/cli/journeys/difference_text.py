"""Lines about what a file of a journey would change, and lines of advice about it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command imports what it needs when it is run: `tropa --help` answers at once
    from cjm.drawing.lettering.undrawable_texts import UndrawableText
    from cjm.journeys.advice import Advice
    from cjm.journeys.versions.difference import ChangeWarning, JourneyChange, JourneyDifference


def difference_lines(difference: "JourneyDifference") -> list[str]:
    """Return one line per change, and a line with "!" below a change that deserves a second look.

    A new journey is one line with the number of its parts.
    """
    if difference.is_new:
        counts = {
            part: sum(e.part == part for e in difference.entries)
            for part in dict.fromkeys(e.part for e in difference.entries)
        }
        return ["a new journey: " + ", ".join(f"{n} {part}{'s' if n > 1 else ''}" for part, n in counts.items())]
    return [line for entry in difference.entries for line in _change_lines(entry)]


def summary_line(difference: "JourneyDifference") -> str:
    """Return what a version changed, on one line: its first change, and how many there are beside it."""
    if not difference.is_new and not difference.entries:
        return "nothing but comments or layout"
    first = difference_lines(difference)[0].strip()
    more = 0 if difference.is_new else len(difference.entries) - 1
    return f"{first}; {more} more" if more else first


def _change_lines(entry: "JourneyChange") -> list[str]:
    thing = f"{entry.part} {entry.path}" if entry.path else str(entry.part)
    subject = f"{entry.field} " if entry.field else ""
    line = f"  {thing}: {subject}{entry.type}"
    if entry.before or entry.after:
        line += f": {entry.before or 'nothing'} → {entry.after or 'nothing'}"
    return [line, f"  ! {_warning_text(entry.warning)}"] if entry.warning else [line]


def _warning_text(warning: "ChangeWarning") -> str:
    from cjm.journeys.versions.difference import ChangeWarning

    return {
        ChangeWarning.LEAVES_THE_MAP: (
            'its answers stay, but leave the map; to rename it use `was`, to retire it status = "removed"'
        ),
        ChangeWarning.HISTORY_UNLINKED: "a former key is dropped: what was counted under it leaves the map",
        ChangeWarning.DAYS_SHIFT: "another time zone: what is counted already keeps its day",
        ChangeWarning.OTHER_SUBJECT: "it is about something else now; answers so far stay where they were",
        ChangeWarning.COHORTS_CHANGE: "customers are grouped by other attributes from now on",
        ChangeWarning.BECOMES_ANONYMOUS: "answers so far are separated from their people, which cannot be undone",
        ChangeWarning.BECOMES_NAMED: (
            "customers agreed to anonymous questions: tell them; answers that are anonymous already stay so"
        ),
    }[warning]


def advice_lines(found: "Sequence[UndrawableText | Advice]", file: str, text: str) -> Iterator[str]:
    """Yield a line for each piece of advice about ``file``, such as a text that a map cannot draw whole.

    ``text`` is its content. Everything works with such a file.
    """
    from cjm.errors import name_line
    from cjm.toml_lines import find_line, find_lines

    # Once a file: finding the lines reads all of it.
    lines = find_lines(text) if found else {}
    for each in found:
        yield f"  ! {name_line(file, find_line(each.loc, lines))}: {each}"
