"""Settings of a journey in a few characters, as they are shown side by side: before and after."""

from datetime import timedelta
from typing import Any

from cjm.journeys.survey import Branch, LocalizedText, Trigger, written

MOST_SHOWN = 80


def title_of(item: Any) -> LocalizedText | None:
    title = getattr(item, "title", None) or getattr(item, "text", None)
    return title if isinstance(title, LocalizedText) else None


def reworded(before: LocalizedText, after: LocalizedText) -> tuple[str, str]:
    """The first language whose words changed."""
    languages = [k for k in before.root | after.root if before.root.get(k) != after.root.get(k)]
    return cut(before.in_(languages[0])), cut(after.in_(languages[0]))


def cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def short(value: Any) -> str:
    """A setting as the file would write it, more or less; nothing is ""."""
    match value:
        case None:
            said = ""
        case bool():
            said = str(value).lower()
        case timedelta():
            said = written(value)
        case Trigger():
            said = f"{value.kind} {value.subject}"
        case Branch():
            bounds = (f"{n} {getattr(value, n)}" for n in ("at_most", "at_least") if getattr(value, n) is not None)
            said = " ".join([value.of, *bounds, *value.is_])
        case LocalizedText():
            said = value.in_("")
        case dict():
            said = "; ".join(f"{key}: {short(values)}" for key, values in value.items())
        case tuple():
            said = ", ".join(map(str, value))
        case _:
            said = str(value)
    return cut(said)
