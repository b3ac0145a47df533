"""Summarize settings of a journey in a few characters, to be shown side by side: before and after."""

from datetime import timedelta
from typing import Any

from cjm.file_model import format_duration
from cjm.journeys.survey import Branch, Trigger
from cjm.text import LocalizedText, cut_to_line

MOST_SHOWN = 80


def find_title(item: Any) -> LocalizedText | None:
    """Return the title of a stage, touchpoint or other part, or the text of a question; None without one."""
    title = getattr(item, "title", None) or getattr(item, "text", None)
    return title if isinstance(title, LocalizedText) else None


def find_rewording(before: LocalizedText, after: LocalizedText) -> tuple[str, str]:
    """Return the text before and after, in the first language in which it changed."""
    languages = [k for k in before.root | after.root if before.root.get(k) != after.root.get(k)]
    return cut_to_line(before.in_language(languages[0]), MOST_SHOWN), cut_to_line(
        after.in_language(languages[0]), MOST_SHOWN
    )


def summarize_setting(value: Any) -> str:
    """Return a setting about as the file writes it, on one line; None is ""."""
    match value:
        case None:
            summary = ""
        case bool():
            summary = str(value).lower()
        case timedelta():
            summary = format_duration(value)
        case Trigger():
            summary = f"{value.kind} {value.subject}"
        case Branch():
            bounds = (f"{n} {getattr(value, n)}" for n in ("at_most", "at_least") if getattr(value, n) is not None)
            summary = " ".join([value.of, *bounds, *value.is_])
        case LocalizedText():
            summary = value.in_language("")
        case dict():
            summary = "; ".join(f"{key}: {summarize_setting(values)}" for key, values in value.items())
        case tuple():
            summary = ", ".join(map(str, value))
        case _:
            summary = str(value)
    return cut_to_line(summary, MOST_SHOWN)
