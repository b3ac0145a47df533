"""Find phone numbers with the number plans of the countries that a journey's customers live in.

Invariants:
* A number in the international form is found everywhere; one without the country's code only in the given regions.
* An amount of money is no phone number, although it may have as many digits as one.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from importlib import resources

from cjm.blurring.amounts import is_amount
from cjm.blurring.span import Span

_FEWEST_DIGITS = 6
_REGIONS_BY_LANGUAGE = {
    "be": "BY", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "es": "ES", "et": "EE", "fi": "FI", "fr": "FR",
    "hu": "HU", "it": "IT", "ja": "JP", "ka": "GE", "kk": "KZ", "ko": "KR", "lt": "LT", "lv": "LV", "nl": "NL",
    "pl": "PL", "pt": "PT", "ro": "RO", "ru": "RU", "sk": "SK", "sv": "SE", "tr": "TR", "uk": "UA", "uz": "UZ",
}  # fmt: skip


def list_phone_regions(languages: Sequence[str], zone: str) -> tuple[str, ...]:
    """Return the regions whose numbers people write without the country's code: of their languages and time zone.

    English is spoken in too many countries to tell one.
    """
    by_language = (_REGIONS_BY_LANGUAGE.get(language) for language in languages)
    return tuple(dict.fromkeys(filter(None, [*by_language, _regions_by_zone().get(zone)])))


@functools.cache
def _regions_by_zone() -> dict[str, str]:
    """Return the country of each time zone, as the time zone database has it."""
    lines = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8").splitlines()
    fields = (line.split("\t") for line in lines if not line.startswith("#"))
    return {zone: region for region, _, zone, *_ in fields}


def find_phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Yield the phone numbers in a text."""
    if len(re.findall(r"\d", text)) < _FEWEST_DIGITS:  # spares nearly every text the slow search
        return
    from phonenumbers import Leniency, PhoneNumberMatcher  # a tenth of a second that most commands do not need

    for region in regions or (None,):
        for found in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            if found.raw_string.startswith("+") or not is_amount(text, found.start, found.end):
                yield Span(found.start, found.end)
