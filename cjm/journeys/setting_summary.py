"""Settings of a journey in a few characters, as they are shown side by side: before and after."""

from datetime import timedelta
from typing import Any

from cjm.file_model import format_duration
from cjm.journeys.survey import Branch, Trigger
from cjm.text import LocalizedText

MOST_SHOWN = 80


def find_title(item: Any) -> LocalizedText | None:
    title = getattr(item, "title", None) or getattr(item, "text", None)
    return title if isinstance(title, LocalizedText) else None


def find_rewording(before: LocalizedText, after: LocalizedText) -> tuple[str, str]:
    """The first language whose words changed."""
    languages = [k for k in before.root | after.root if before.root.get(k) != after.root.get(k)]
    return _cut_line(before.in_language(languages[0])), _cut_line(after.in_language(languages[0]))


def _cut_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def summarize_setting(value: Any) -> str:
    """A setting as the file would write it, more or less; nothing is ""."""
    match value:
        case None:
            said = ""
        case bool():
            said = str(value).lower()
        case timedelta():
            said = format_duration(value)
        case Trigger():
            said = f"{value.kind} {value.subject}"
        case Branch():
            bounds = (f"{n} {getattr(value, n)}" for n in ("at_most", "at_least") if getattr(value, n) is not None)
            said = " ".join([value.of, *bounds, *value.is_])
        case LocalizedText():
            said = value.in_language("")
        case dict():
            said = "; ".join(f"{key}: {summarize_setting(values)}" for key, values in value.items())
        case tuple():
            said = ", ".join(map(str, value))
        case _:
            said = str(value)
    return _cut_line(said)
