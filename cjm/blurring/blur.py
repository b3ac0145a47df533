"""Blur personal data in words: `MARK` takes the place of what leads to one person.

Invariants:
* Words between the marks stay as they were written, and blurring a blurred text changes nothing.
* It is never complete: an address of a house, a rare illness or a stranger's name is read as it was written.
"""

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from cjm.blurring.addresses import find_addresses
from cjm.blurring.amounts import hide_dates
from cjm.blurring.names import NameForms, make_name_forms
from cjm.blurring.numbers import find_numbers
from cjm.blurring.phones import find_phones
from cjm.blurring.span import Span, put_marks

_HIDDEN = re.compile(  # numbers copied from phones hold them, and "8️⃣" is a digit with two of them
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20e3\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]+"
)


def blur_personal_data(text: str, names: Collection[str] = (), regions: Sequence[str] = ()) -> str:
    """Return the text without phone numbers, e-mail addresses, numbers of cards and orders, personal links and names.

    ``names`` are blurred in the cases of Russian and Polish too; ``regions`` are the countries ("PL") whose phone
    numbers people write without the country's code.
    """
    return blur_with_names(text, [make_name_forms(names)], regions)


def blur_with_names(text: str, names: Sequence[NameForms], regions: Sequence[str]) -> str:
    """Blur like `blur_personal_data`, with names whose forms were made before: for many texts."""
    visible = _HIDDEN.sub("", text)
    blurred = _blur_visible(visible, names, regions)
    return text if blurred == visible else blurred


def _blur_visible(text: str, names: Sequence[NameForms], regions: Sequence[str]) -> str:
    # Once more until nothing is found: a mark may end a number that stood beside another one.
    while (blurred := put_marks(text, _find_all(_spell_plainly(text), names, regions))) != text:
        text = blurred
    return text


def _spell_plainly(text: str) -> str:
    """Return a text of the same length in usual letters and digits: "Ａｎｎａ ④" is "Anna 4"."""
    return text if text.isascii() else "".join(map(_plain_letter, text))


@functools.lru_cache(4096)
def _plain_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _find_all(text: str, names: Sequence[NameForms], regions: Sequence[str]) -> Iterator[Span]:
    yield from find_addresses(text)
    if any(map(str.isdigit, text)):
        dateless = hide_dates(text)
        yield from find_phones(dateless, regions)
        yield from find_numbers(dateless)
    for forms in names:
        yield from forms.find_in(text)
