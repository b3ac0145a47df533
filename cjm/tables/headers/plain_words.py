"""Words of a header as they are compared: "RecordedDate", "recorded_date" and "Recorded date" are the same words."""

import re
from functools import lru_cache

from cjm.tables.headers.name_difference import normalize_name

_HUMP = re.compile(r"(?<=[a-zа-яёąćęłńóśźż0-9])(?=[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])")
_BETWEEN = re.compile(r"[\W_]+")
_TAG = re.compile(r"<[^<>]{1,40}>")
_NUMBER = re.compile(r"^\s*(?:Q\s?)?\d{1,3}\s*[.):]\s+(?=\S)", re.IGNORECASE)
_MOST_READ = 600  # characters: questions are longer than names, and what follows tells nothing more


@lru_cache(20_000)
def plain_words(name: str) -> str:
    """Return a name in small letters, its words divided by single spaces; a name without letters stays as it is."""
    text = _HUMP.sub(" ", name[:_MOST_READ])
    return _BETWEEN.sub(" ", normalize_name(text)).strip() or normalize_name(name[:_MOST_READ])


def strip_decoration(name: str) -> str:
    """Return a question as people were asked it: without tags, a number before it, and what Qualtrics adds to it."""
    text = " ".join(_TAG.sub("", name).split()).removesuffix(" - Selected Choice")
    return _NUMBER.sub("", text).strip() or text
