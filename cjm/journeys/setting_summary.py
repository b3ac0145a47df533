"""Summarize settings of a journey in a few characters, to be shown side by side: before and after."""

from datetime import timedelta
from typing import Any

from cjm.file_model import format_duration
from cjm.journeys.survey import Branch, Trigger
from cjm.text import LocalizedText, cut_to_line

MOST_CHARACTERS = 80  # of a setting: two of them are read side by side


def summarize_rewording(before: LocalizedText, after: LocalizedText) -> tuple[str, str]:
    """Return the text before and after, in the first language in which it changed."""
    languages = [k for k in before.root | after.root if before.root.get(k) != after.root.get(k)]
    return _cut(before.in_language(languages[0])), _cut(after.in_language(languages[0]))


def summarize_setting(value: Any) -> str:
    """Return a setting on one line, much as the file writes it; an empty text for None."""
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
            summary = value.in_language("")  # the text for all languages, else English, else the first
        case dict():
            summary = "; ".join(f"{key}: {summarize_setting(values)}" for key, values in value.items())
        case tuple():
            summary = ", ".join(map(str, value))
        case _:
            summary = str(value)
    return _cut(summary)


def _cut(text: str) -> str:
    return cut_to_line(text, MOST_CHARACTERS)
