"""Find numbers that lead to one person: of cards, accounts, papers, phones, orders.

Invariants:
* Digits that belong together are found together, however they are grouped: no rest of a number is left to be read.
* Amounts and ranges stay, as do numbers of up to five digits without a word or sign that calls them a number.
"""

import re
from collections.abc import Iterator

from cjm.blurring.amounts import is_amount, is_grouped, is_range
from cjm.blurring.span import Span

_GAP = r"[\s\u00a0\u2007\u202f\u2009()./\\‐-―−-]"
_DIGITS = re.compile(rf"\+?(?:{_GAP}?\d)(?:{_GAP}{{0,3}}\d){{3,39}}")
_FEWEST_IN_ONE, _FEWEST_IN_GROUPS = 6, 9  # digits of a number that stands for itself
_LOCAL_PHONE = re.compile(r"(?:\(?\d{3,4}\)?[\s-])?\d{2,3}-\d{2}-\d{2}")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,4})?\b")
_PAPER = re.compile(r"\b(?!USD|EUR|PLN|RUB)[A-ZА-Я]{2,3}[ -]?\d{6,7}\b|\b\d{2} ?\d{2} \d{6}\b")
_CODE = re.compile(r"(?<![\w-])(?=[\w-]*[^\W\d_])(?=(?:[\w-]*?\d){5})\w[\w-]{4,39}(?![\w-])")
_CODE_WITH_DASH = re.compile(r"(?<![\w-])[A-ZА-Я]{1,5}-(?!(?:19|20)\d\d\b)\d{4,12}(?![\w-])")
_UNITS_AT_END = re.compile(r"\d[\d.,]*[^\W\d_]+")
_SIGNED = re.compile(r"(?:№|#)\s?(?P<code>[^\W_]{0,6}-?\d[\w/-]{2,30})")
_NAMES = (
    r"заказ\w{0,4}|заявк\w{1,3}|договор\w{0,3}|сч[её]т\w{0,3}|чек\w{0,2}|билет\w{0,2}|брон[ьи]\w{0,6}|трек\w{0,8}|накладн\w{2,3}|"
    r"паспорт\w{0,3}|снилс|инн|карт[аыуео]\w{0,2}|полис\w{0,2}|номер\w{0,3}|обращени\w{1,3}|посылк\w{1,3}|тел(?:ефон\w{0,3})?|"
    r"order|booking|reservation|reference|ref|ticket|invoice|receipt|tracking|parcel|passport|account|acct|contract|policy|"
    r"confirmation|pnr|phone|tel|mobile|number|ssn|"
    r"zamówieni\w{1,2}|zamowieni\w{1,2}|zam|rezerwacj\w{1,2}|bilet\w{0,3}|faktur\w{1,2}|paragon\w{0,2}|przesyłk\w{1,2}|paczk\w{1,2}|"
    r"pesel|nip|dow[oó]d\w{0,3}|paszport\w{0,2}|umow\w{1,2}|kont\w{1,2}|konto|numer\w{0,3}|telefon\w{0,3}|zgłoszeni\w{1,2}"
)
_FILLERS = r"номер\w{0,2}|number|num|no|nr|numer\w{0,2}|is|id|was|to|код|code|kod|это"
_NAMED = re.compile(
    rf"\b(?:{_NAMES})\.?\s{{0,3}}(?:(?:{_FILLERS})\.?\s{{0,3}})?[:№#=–—-]{{0,2}}\s{{0,3}}"
    r"(?P<code>(?=[\w/-]*\d[\w/-]*\d[\w/-]*\d)[\w][\w/-]{2,30})",
    re.I,
)


def find_numbers(text: str) -> Iterator[Span]:
    """Yield the parts of a text that look like the number of a card, an account, a paper, a phone or an order."""
    for pattern in (_ACCOUNT, _PAPER, _LOCAL_PHONE, _CODE_WITH_DASH):
        yield from (Span(*found.span()) for found in pattern.finditer(text))
    yield from _find_codes(text)
    for found in _DIGITS.finditer(text):
        yield from _find_in_digits(text, found)


def _find_codes(text: str) -> Iterator[Span]:
    for pattern in (_SIGNED, _NAMED):
        for found in pattern.finditer(text):
            if not _is_told(text, *found.span("code")):
                yield Span(*found.span("code"))
    for found in _CODE.finditer(text):
        if not _is_told(text, *found.span()):
            yield Span(*found.span())


def _is_told(text: str, start: int, end: int) -> bool:
    """Return whether a code is a number with its unit, an amount or a range."""
    code = text[start:end]
    has_unit = _UNITS_AT_END.fullmatch(code) is not None and is_amount(text, start, start + _count_digits_ahead(code))
    return has_unit or is_amount(text, start, end) or is_range(code)


def _count_digits_ahead(code: str) -> int:
    return len(code) - len(code.lstrip("0123456789.,"))


def _find_in_digits(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield a run of digits in groups as a whole if it is a number, else the long groups in it."""
    start, end = found.start() + len(found[0]) - len(found[0].lstrip()), found.end()
    whole = text[start:end]
    groups = [Span(start + group.start(), start + group.end()) for group in re.finditer(r"\d+", whole)]
    lengths = [group.end - group.start for group in groups]
    if len(groups) > 1 and _is_number(whole, lengths) and not is_amount(text, start, end):
        yield Span(start, end)
        return
    for group in groups:
        if group.end - group.start >= _FEWEST_IN_ONE and not is_amount(text, *group):
            yield group


def _is_number(whole: str, lengths: list[int]) -> bool:
    """Return whether groups of digits are one number, and no thousands, range or list of small numbers."""
    if sum(lengths) < _FEWEST_IN_GROUPS or is_grouped(whole) or is_range(whole):
        return False
    if max(lengths) == 1:
        return len(lengths) in (10, 11)  # a phone number with a space after each digit
    return sum(lengths) >= 2 * len(lengths)
