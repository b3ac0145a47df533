"""Numbers that tell nothing about a person: amounts of money and of things, ranges, dates and times."""

import re

_CURRENCIES = (
    r"руб\w*|р(?!\w)|коп\w*|злот\w*|долл\w*|евро|тенге|грив\w*|грн|zł\w*|gr(?!\w)|pln|rub|eur\w*|usd|gbp|dollar\w*|"
    r"pound\w*|buck\w*"
)
_COUNTED = (
    r"тыс\w*|млн\w*|млрд\w*|миллион\w*|шт\w*|раз\w*|км|кг|мг|мл|гр\w*|мин\w*|сек\w*|час\w*|дн\w*|день|лет|год\w*|"
    r"балл\w*|бонус\w*|мил[ьяи]\w*|процент\w*|человек\w*|покупател\w*|клиент\w*|"
    r"tys\w*|mln|sztuk\w*|szt|razy|osób|osob\w*|lat|dni|godz\w*|punkt\w*|mil|procent\w*|"
    r"km|kg|mg|ml|mah|px|mb|gb|kb|ms|rpm|times|thousand|million|people|customers|users|miles|points|years|days|hours|"
    r"minutes|seconds|percent|pieces|pcs|steps"
)
_UNIT_AFTER = re.compile(
    rf"(?:[.,]\d{{1,2}})?[\s\u00a0\u202f]?(?:[₽$€£₴₸¥%°]|(?:{_CURRENCIES}|{_COUNTED})(?![^\W\d_]))", re.I
)
_SIGN_BEFORE = re.compile(r"(?:[$€£₽¥]|\b(?:usd|eur|pln|rub))[\s\u00a0]?$", re.I)
_GROUPED = re.compile(r"\d{1,3}(?:[\s\u00a0\u202f.,'’]\d{3})+(?:[.,]\d{1,2})?")
_RANGE = re.compile(r"(\d{3,6})\s?[-–—]\s?(\d{3,6})")
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATES = re.compile(
    rf"(?<![\d.+-])(?<!\d\s)(?:(?:19|20)\d\d([-./]){_MONTH}\1{_DAY}"
    rf"|{_DAY}([-./]){_MONTH}\2(?:(?:19|20)\d\d|\d\d)|{_MONTH}/{_DAY}/(?:19|20)\d\d)(?:T?(?!\d))(?!-\d)"
    r"|(?<![\d.-])\d{1,2}:\d\d(?::\d\d)?(?!\d)"
)
_ROUND = re.compile(r"[1-9]\d?(?:000)+|[1-9]\d?00000+")


def is_amount(text: str, start: int, end: int) -> bool:
    """Return whether the digits of this part are an amount: with a unit or a currency beside them, or round."""
    number = text[start:end].strip()
    if _UNIT_AFTER.match(text, end) or _SIGN_BEFORE.search(text, max(0, start - 4), start):
        return True
    return _ROUND.fullmatch(re.sub(r"[\s\u00a0\u202f.,'’]", "", number)) is not None


def is_grouped(number: str) -> bool:
    """Return whether a number is written in thousands, such as "10 000"."""
    return _GROUPED.fullmatch(number) is not None


def is_range(number: str) -> bool:
    """Return whether two numbers of one length stand around a dash, such as "1500-2000"."""
    found = _RANGE.fullmatch(number)
    return found is not None and len(found[1]) == len(found[2]) and int(found[1]) < int(found[2])


def hide_dates(text: str) -> str:
    """Return a text of the same length in which dates and times have no digits, such as "12.05.2026" or "10:30"."""
    return _DATES.sub(lambda found: "~" * len(found[0]), text)
