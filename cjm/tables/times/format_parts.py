"""Parts of a format: the directives of ``strptime``, and the text between them.

Every directive that ``strptime`` knows has one spelling here: %e is %d, %h is %b, %T is %H:%M:%S. The directives that
follow the machine's language (%c, %x, %X) are always those of the C locale, as Python reads them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cjm.mistake_wording import find_similar


class Directive(NamedTuple):
    """Meaning of one directive: the part of a time that it gives, and how many digits it has (0: it is a word)."""

    part: str
    digits: int


DIRECTIVES: Mapping[str, Directive] = {
    "Y": Directive("year", 4),
    "y": Directive("year", 2),
    "G": Directive("year of the week", 4),
    "m": Directive("month", 2),
    "b": Directive("month", 0),
    "B": Directive("month", 0),
    "d": Directive("day", 2),
    "j": Directive("day of the year", 3),
    "U": Directive("week", 2),
    "W": Directive("week", 2),
    "V": Directive("week", 2),
    "a": Directive("weekday", 0),
    "A": Directive("weekday", 0),
    "w": Directive("weekday", 1),
    "u": Directive("weekday", 1),
    "H": Directive("hour", 2),
    "I": Directive("hour", 2),
    "p": Directive("half of the day", 0),
    "M": Directive("minute", 2),
    "S": Directive("second", 2),
    "f": Directive("fraction of a second", 6),
    "z": Directive("time zone", 0),
    "Z": Directive("time zone", 0),
}
TIME_PARTS = frozenset({"hour", "half of the day", "minute", "second", "fraction of a second", "time zone"})

_SHORT = {
    "c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S",
    "R": "%H:%M", "r": "%I:%M:%S %p", "e": "%d", "h": "%b", "k": "%H", "l": "%I",
}  # fmt: skip
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_NOT_A_FORMAT = 'is not a date format; write one such as "%d.%m.%Y %H:%M"'
# Letters of other programs' formats, such as "dd.MM.yyyy HH:mm", and the directives that mean the same. The case of M
# tells months from minutes; where it does not, m after an hour is a minute.
_LETTERS = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d",
    "dd": "%d", "D": "%d", "d": "%d", "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "m": "%M", "ss": "%S",
    "s": "%S", "SSS": "%f", "a": "%p", "A": "%p", "tt": "%p", "Z": "%z", "z": "%z", "XXX": "%z",
}  # fmt: skip
_OTHER_NAMES = {
    "unix": "unix", "epoch": "unix", "timestamp": "unix", "seconds": "unix", "unix_ms": "unix_ms", "unixms": "unix_ms",
    "milliseconds": "unix_ms", "excel": "excel", "excel1900": "excel", "serial": "excel", "excel1904": "excel1904",
}  # fmt: skip
_RUN = re.compile(r"([A-Za-z])\1*")


class FormatToken(NamedTuple):
    """Directive (its letter), or text between directives where ``letter`` is ""."""

    letter: str
    text: str = ""

    @property
    def part(self) -> str:
        return DIRECTIVES[self.letter].part if self.letter else ""

    @property
    def digits(self) -> int:
        return DIRECTIVES[self.letter].digits if self.letter else 0


def split_format(text: str) -> list[FormatToken]:
    """Return the tokens of a format. Raises ValueError with what to write if it is none."""
    if "%" not in text:
        meant = _translate_letters(text)
        raise ValueError(f'is not a date format; did you mean "{meant}"?' if meant else _NOT_A_FORMAT)
    tokens: list[FormatToken] = []
    end = 0
    for found in _DIRECTIVE.finditer(text):
        tokens += _literal(text[end : found.start()])
        tokens += _split_directive(found[1])
        end = found.end()
    return _join_literals([*tokens, *_literal(text[end:])])


def join_tokens(tokens: Iterable[FormatToken]) -> str:
    """Return the format that the tokens make."""
    return "".join(f"%{token.letter}" if token.letter else token.text.replace("%", "%%") for token in tokens)


def _literal(text: str) -> list[FormatToken]:
    return [FormatToken("", text)] if text else []


def _split_directive(letter: str) -> list[FormatToken]:
    if letter == "%":
        return [FormatToken("", "%")]
    if letter in _SHORT:
        return split_format(_SHORT[letter])
    if letter in DIRECTIVES:
        return [FormatToken(letter)]
    if letter == "s":
        raise ValueError('has no use for %s; write format = "unix" for seconds since 1970')
    if letter in ("-", "#", "_", "0", "E", "O", "^"):
        raise ValueError("has a sign between % and its letter; leave it out: %d reads 1 and 01")
    raise ValueError(f"has a % that no letter of a date follows; {_NOT_A_FORMAT.partition('; ')[2]}")


def _join_literals(tokens: list[FormatToken]) -> list[FormatToken]:
    joined: list[FormatToken] = []
    for token in tokens:
        if not token.letter and joined and not joined[-1].letter:
            joined[-1] = FormatToken("", joined[-1].text + token.text)
        else:
            joined.append(token)
    return joined


def _translate_letters(text: str) -> str | None:
    """Return what a format of another program, such as "dd.mm.yyyy", means here; None if it is none."""
    if similar := find_similar(text, _OTHER_NAMES):
        return _OTHER_NAMES[similar]
    if text.casefold() in _OTHER_NAMES:
        return _OTHER_NAMES[text.casefold()]
    text = text.replace("'", "")  # "yyyy-MM-dd'T'HH:mm"
    runs = [found[0] for found in _RUN.finditer(text)]
    if not {"yyyy", "YYYY", "yy", "YY"}.intersection(runs) or not all(run in (*_LETTERS, "T") for run in runs):
        return None
    has_capital_month = any(run.startswith("M") for run in runs)
    has_half = bool({"a", "A", "tt"}.intersection(runs))
    found = []

    def translate(run: re.Match[str]) -> str:
        letters = run[0]
        if letters in ("mm", "m") and not has_capital_month and "%H" not in found and "%I" not in found:
            letters = "MM"
        if letters in ("hh", "h") and not has_half:
            letters = "HH"
        found.append(_LETTERS.get(letters, letters))
        return found[-1]

    return _RUN.sub(translate, text)
