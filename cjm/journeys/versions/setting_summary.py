"""Summarize a setting of a journey in one short line, so that its old and new values can be shown side by side."""

from datetime import timedelta
from typing import Any

from cjm.file_model import format_duration
from cjm.journeys.survey import AskingLimits, Branch, Trigger
from cjm.text import LocalizedText, cut_to_line

MOST_UNITS = 80  # UTF-16 units of one summary, as `cut_text` counts them


def summarize_rewording(before: LocalizedText, after: LocalizedText) -> tuple[str, str]:
    """Return the text before and after, in the first language in which it changed. The two must differ."""
    changed = [code for code in before.root | after.root if before.root.get(code) != after.root.get(code)]
    return _cut(before.in_language(changed[0])), _cut(after.in_language(changed[0]))


def summarize_setting(value: Any) -> str:
    """Return a setting on one line, close to how the file writes it; an empty text for None."""
    match value:
        case None:
            summary = ""
        case bool():
            summary = str(value).lower()
        case timedelta():
            summary = format_duration(value)
        case Trigger(every_days=int() as days):
            summary = f"every {days} days, about {value.subject}"
        case Trigger():
            summary = f"{value.kind} {value.subject}"
        case Branch():
            names = [name for name in ("at_most", "at_least") if getattr(value, name) is not None]
            bounds = (f"{name} {getattr(value, name)}" for name in names)
            also = ["not_applicable"] if value.not_applicable else []
            summary = " ".join([value.of, *bounds, *value.is_, *also])
        case AskingLimits():
            summary = ", ".join(f"{name} {limit}" for name, limit in value if limit is not None)
        case LocalizedText():
            summary = value.in_language("")  # the text for all languages, else English, else the first
        case dict():
            summary = "; ".join(f"{key}: {summarize_setting(item)}" for key, item in value.items())
        case tuple():
            summary = ", ".join(map(str, value))
        case _:
            summary = str(value)
    return _cut(summary)


def _cut(text: str) -> str:
    return cut_to_line(text, MOST_UNITS)
