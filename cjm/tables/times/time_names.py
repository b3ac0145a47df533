"""Names of months and days of the week, as tables write them in English, Russian and Polish.

The names are those of the Unicode CLDR, which Babel carries: in the nominative and in the genitive ("октябрь",
"октября"), and abbreviated. A point after an abbreviation, the case of letters and Polish accents make no difference.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, get_args

from babel import Locale

NameLanguage = Literal["en", "ru", "pl"]
LANGUAGES: tuple[NameLanguage, ...] = get_args(NameLanguage)

_WIDTHS = ("wide", "abbreviated", "short")  # "narrow" has one letter for several months
_CONTEXTS = ("format", "stand-alone")
# Forms that the CLDR lacks: abbreviations of other lengths, and "on Wednesday" in Russian.
_MORE_MONTHS = {"en": {"sept": 9}, "ru": {"фев": 2, "сен": 9, "ноя": 11}}
_MORE_WEEKDAYS: Mapping[str, Mapping[str, int]] = {
    "en": {"tues": 1, "weds": 2, "thur": 3, "thurs": 3},
    "ru": {"среду": 2, "пятницу": 4, "субботу": 5},
}


@cache
def months_by_name(language: NameLanguage | None) -> Mapping[str, int]:
    """Return the months, from 1, by their plain names in a language, or in any of the languages."""
    return {
        name: number
        for each in _list_languages(language)
        for name, number in (*_list_names(each, "months"), *_MORE_MONTHS.get(each, {}).items())
    }


@cache
def weekdays_by_name(language: NameLanguage | None) -> Mapping[str, int]:
    """Return the days of the week, Monday is 0, by their plain names in a language, or in any of the languages."""
    return {
        name: number
        for each in _list_languages(language)
        for name, number in (*_list_names(each, "days"), *_MORE_WEEKDAYS.get(each, {}).items())
    }


def plain_name(text: str) -> str:
    """Return a name as the tables of names hold it: in small letters, without a point at its end."""
    return text.casefold().removesuffix(".")


def _list_languages(language: NameLanguage | None) -> tuple[NameLanguage, ...]:
    return (language,) if language else LANGUAGES


def _list_names(language: NameLanguage, kind: Literal["months", "days"]) -> Iterator[tuple[str, int]]:
    names = getattr(Locale.parse(language), kind)
    for context in _CONTEXTS:
        for width in _WIDTHS:
            for number, name in names[context].get(width, {}).items():
                yield plain_name(name), number
                if language == "pl":
                    yield _remove_accents(plain_name(name)), number


def _remove_accents(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
