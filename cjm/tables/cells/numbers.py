"""Read numbers as people and spreadsheets write them: "12.5", "12,50", "1 234,50", "1.234,50", "85 %", "120 zł".

Invariants:

* A number that can be read in two ways, such as "1,234", is never guessed: a declared decimal sign decides, or a scale
  on which only one of the readings lies; otherwise the cell is refused.
* A currency beside an amount is read and dropped. Amounts are added up, so a column holds one currency only.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from cjm.tables.cell import CellError
from cjm.tables.columns import DecimalSign

MOST_IN_A_NUMBER = 64  # characters, with spaces and signs: what is longer is no number
_PLAIN = re.compile(r"\d{1,15}(?:[.,]\d{1,20})?", re.ASCII)  # workbooks hold quotients such as 0.333333333333333
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([ .,])\d{3})(?:\1\d{3}){0,4}(?:(?!\1)[.,]\d{1,20})?", re.ASCII)
_SYMBOLS = {
    "€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "₽": "RUB", "руб.": "RUB", "руб": "RUB", "р.": "RUB",
    "₴": "UAH", "грн": "UAH", "₸": "KZT", "Kč": "CZK", "₺": "TRY", "₹": "INR", "¥": "JPY", "₪": "ILS",
}  # fmt: skip
_MORE_CODES = ("AED", "AUD", "BYN", "CAD", "CHF", "CNY", "DKK", "GEL", "HUF", "KRW", "NOK", "RON", "RSD", "SEK")
_CODES = {sign.casefold(): code for sign, code in _SYMBOLS.items()} | {
    code.casefold(): code for code in (*_SYMBOLS.values(), *_MORE_CODES)
}
_SIGN = "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True))
_AMOUNT = re.compile(rf"([+-]?)\s*({_SIGN})?\s*([+-]?[\d\s.,'’]*)({_SIGN})?", re.IGNORECASE)
_NOT_A_NUMBER = "is not a number, such as 12.50; name cells without a value in not_applicable"
TWO_READINGS = 'can be read as a decimal number or as thousands; write decimal = "," or decimal = "." in the mapping'


def list_readings(text: str, decimal: DecimalSign | None = None) -> tuple[Fraction, ...]:
    """Return the exact numbers that a text may mean: none, one or two.

    Digits may be grouped by three with spaces, apostrophes, commas or points. ``decimal`` decides between two readings.
    """
    plain = " ".join(_plain_minus(text).replace("'", " ").replace("’", " ").split())
    sign = -1 if plain.startswith("-") else 1
    digits = plain.removeprefix("-" if sign < 0 else "+").lstrip()
    grouped = _GROUPED.fullmatch(digits)
    readings = []
    if _PLAIN.fullmatch(digits) and not (grouped and decimal and decimal != grouped[1]):
        readings.append(digits.replace(",", "."))
    if grouped and (not readings or decimal is None):
        readings.append(digits.replace(grouped[1], "").replace(",", "."))
    return tuple(sign * Fraction(each) for each in readings)


def read_number(text: str, decimal: DecimalSign | None = None) -> float:
    """Read a number. A percent sign behind it is dropped: "85 %" is 85."""
    return _only_reading(list_readings(text.removesuffix("%"), decimal))


def make_amount_reader(decimal: DecimalSign | None = None) -> Callable[[str], float]:
    """Return the reader of a column of amounts of money, which are all in one currency."""
    currencies: set[str] = set()

    def read(text: str) -> float:
        found = _AMOUNT.fullmatch(_plain_minus(text)) if len(text) <= MOST_IN_A_NUMBER else None
        if found is None:
            raise CellError(_NOT_A_NUMBER)
        amount = _only_reading(list_readings(found[1] + found[3], decimal))
        named = {_CODES[sign.casefold()] for sign in (found[2], found[4]) if sign}
        if len(currencies | named) > 1:
            raise CellError("is in another currency than the rows above; amounts are added up, write them in one")
        currencies.update(named)
        return amount

    return read


def _only_reading(readings: tuple[Fraction, ...]) -> float:
    if not readings:
        raise CellError(_NOT_A_NUMBER)
    if len(readings) > 1:
        raise CellError(TWO_READINGS)
    return float(readings[0])


def _plain_minus(text: str) -> str:
    return text.replace("\u2212", "-")  # spreadsheets in some languages write a minus sign
