"""Encodings of CSV files: which one a file is in, its lines as bytes, and a guess where it is not UTF-8.

Only what is sure is found: a byte order mark, and the zero bytes of UTF-16 without one. Every other file is UTF-8, or
in the encoding that the mapping names: Central European and Cyrillic files differ in nothing that a program could
trust, so a guess is told to a person and never used.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cjm.tables.file_layout import is_utf_16
from cjm.tables.table_file import TableFileError

MOST_IN_A_LINE = 1024 * 1024  # bytes; a picture or an archive has no line ends and would be read as one line
_HEAD = 64 * 1024  # bytes from which the encoding is found
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAVE = 'save the file as UTF-8 (in Excel: "CSV UTF-8")'
_UTF8_PAIRS = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")
_WORDS = re.compile(r"[^\W\d_]+")
_SHARE_OF_WORDS = 0.9  # of those with letters above ASCII
_POLISH, _ONLY_POLISH = frozenset("ąćęłńóśźż"), frozenset("ąłśźż")  # the others may be Western letters in cp1252
_CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўј")


@dataclass(frozen=True, slots=True)
class FileEncoding:
    """Encoding of a file, and its byte order mark, if it begins with one."""

    name: str
    mark: bytes = b""


def find_encoding(file: BinaryIO, declared: str | None) -> FileEncoding:
    """Return the encoding of a file that is open at its beginning. Raises TableFileError if its mark is another's."""
    head = file.read(_HEAD)
    if head.startswith(codecs.BOM_UTF32_LE):
        raise TableFileError(f"line 1: is UTF-32; {_SAVE}")
    found = next((FileEncoding(name, mark) for mark, name in _MARKS if head.startswith(mark)), None)
    if found is not None:
        if declared is not None and not _is_same(declared, found.name):
            name = found.name.removesuffix("-le").removesuffix("-be").upper()
            raise TableFileError(
                f'line 1: begins with the mark of {name}, but the mapping says encoding = "{declared}"; leave it out'
            )
        return found
    if declared is None:
        return FileEncoding(_find_utf_16(head) or "utf-8")
    name = codecs.lookup(declared).name
    return FileEncoding((_find_utf_16(head) or "utf-16-le") if name == "utf-16" else declared)


def read_lines(file: BinaryIO, encoding: FileEncoding) -> Iterator[bytes]:
    """Yield the lines after the mark, with their ends. Raises TableFileError for one of more than MOST_IN_A_LINE."""
    file.seek(len(encoding.mark))
    lines = _utf_16_lines(file, "\n".encode(encoding.name)) if is_utf_16(encoding.name) else _byte_lines(file)
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_IN_A_LINE:
            raise TableFileError(f"line {number}: is longer than a megabyte; this is not a table")
        yield line


def decode_line(line: bytes, number: int, encoding: FileEncoding) -> str:
    """Return the text of a line. Raises TableFileError with its number and the byte that does not fit."""
    try:
        return line.decode(encoding.name)
    except UnicodeDecodeError as error:
        place = error.start + 1 + (len(encoding.mark) if number == 1 else 0)
        raise TableFileError(
            f"line {number}, byte {place}: is not {encoding.name.upper()}; {_describe_remedy(line, encoding)}"
        ) from None


def guess_code_page(text: bytes) -> str | None:
    """Return the one of cp1250 and cp1251 in which ``text`` holds words, or None if neither or both may be right."""
    above = len(_ABOVE_ASCII.findall(text))
    in_utf8 = sum(map(len, _UTF8_PAIRS.findall(text)))
    if not above or 2 * in_utf8 > above:  # mostly UTF-8, with a broken sign
        return None
    candidates = (("cp1250", _is_polish, _ONLY_POLISH), ("cp1251", _is_cyrillic, _CYRILLIC))
    fitting = [name for name, is_word, proof in candidates if _holds_words(text, name, is_word, proof)]
    return fitting[0] if len(fitting) == 1 else None


def _holds_words(text: bytes, encoding: str, is_word: Callable[[str], bool], proof: frozenset[str]) -> bool:
    words = [w.lower() for w in _WORDS.findall(text.decode(encoding, "replace")) if not w.isascii()]
    is_proved = any(len(word) > 1 and not proof.isdisjoint(word) for word in words)
    return is_proved and sum(map(is_word, words)) >= _SHARE_OF_WORDS * len(words)


def _is_polish(word: str) -> bool:
    return any(c.isascii() for c in word) and all(c.isascii() or c in _POLISH for c in word)


def _is_cyrillic(word: str) -> bool:
    return _CYRILLIC.issuperset(word)


def _describe_remedy(line: bytes, encoding: FileEncoding) -> str:
    if encoding.name != "utf-8":
        return f"name the right encoding in the mapping, or {_SAVE}"
    if guess := guess_code_page(line):
        return f'it looks like {guess}: write encoding = "{guess}" in the mapping, or {_SAVE}'
    return f'{_SAVE} or name its encoding in the mapping, such as encoding = "cp1251"'


def _is_same(declared: str, found: str) -> bool:
    name = codecs.lookup(declared).name
    return name == found or (name == "utf-16" and is_utf_16(found)) or (name, found) == ("utf-8-sig", "utf-8")


def _find_utf_16(head: bytes) -> str | None:
    """Return the UTF-16 whose zero bytes stand where those of ASCII signs do; no other text has any."""
    zeros = head.count(b"\0")
    for name, places in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        # Delimiters, digits and line ends alone are a tenth of any table's signs.
        if zeros and places.count(b"\0") == zeros and 10 * zeros >= len(places):
            return name
    return None


def _byte_lines(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.readline(MOST_IN_A_LINE + 1), b"")


def _utf_16_lines(file: BinaryIO, line_end: bytes) -> Iterator[bytes]:
    """Yield lines that end with the two bytes of a line end, which count only as a pair that begins at an even byte."""
    rest = b""
    while chunk := file.read(_HEAD):
        rest += chunk
        start, place = 0, rest.find(line_end)
        while place >= 0:
            if place % 2:
                place = rest.find(line_end, place + 1)
                continue
            yield rest[start : place + 2]
            start, place = place + 2, rest.find(line_end, place + 2)
        rest = rest[start:]
        if len(rest) > MOST_IN_A_LINE:
            break
    if rest:
        yield rest
