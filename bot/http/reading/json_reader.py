"""Read JSON values one by one from a body that is still arriving.

Invariants:
* Of the body at most one value and one chunk are kept, so that neither a long list nor a large value fills the memory.
* A value that is not whole yet is parsed again only when twice as much has arrived: a slow sender costs no more work
  than a fast one.
"""

import codecs
import json
import re
from collections.abc import AsyncIterator
from typing import Any

NOT_JSON, NOT_UTF8 = "the body is not JSON", "the body is not UTF-8"
_DECODER = json.JSONDecoder()
_SPACE = re.compile(rb"[ \t\n\r]*")
_BYTE_ORDER_MARK = codecs.BOM_UTF8  # programs on Windows put it before their JSON
_FIRST_BYTES = 4096  # most events are smaller
_LONGEST_TOKEN = 12  # characters at the end of cut JSON in which a mistake may come from the cut


class NotJson(Exception):  # noqa: N818 - says what the body is; the sentence of the refusal
    """Body that is no JSON text, or not in UTF-8."""


class ItemTooLarge(Exception):  # noqa: N818 - says what the value is; the sentence of the refusal
    """Value that takes more bytes than one may have."""


class JsonReader:
    """Reader of JSON values; ``most_bytes`` is the size of the largest one."""

    def __init__(self, chunks: AsyncIterator[bytes], most_bytes: int) -> None:
        self._chunks, self._most_bytes = chunks, most_bytes
        self._buffer = bytearray()
        self._has_ended = self._is_begun = False

    async def read_last_value(self) -> Any:
        """Return the next value, behind which nothing may stand. Raises NotJson or ItemTooLarge."""
        value = await self.read_value()
        await self.end()
        return value

    async def end(self) -> None:
        """Raise NotJson unless nothing but white space is left."""
        if await self.peek():
            raise NotJson(NOT_JSON)

    async def peek(self) -> bytes:
        """Return the next character that is no white space, empty at the end."""
        if not self._is_begun:
            await self._fill(len(_BYTE_ORDER_MARK))
            del self._buffer[: len(_BYTE_ORDER_MARK) * self._buffer.startswith(_BYTE_ORDER_MARK)]
            self._is_begun = True
        while True:
            del self._buffer[: _find_end_of_space(self._buffer)]
            if self._buffer or self._has_ended:
                return bytes(self._buffer[:1])
            await self._fill(1)

    async def take(self, character: bytes) -> bool:
        """Pass over ``character`` if it is the next one that is no white space; tell whether it was."""
        if await self.peek() != character:
            return False
        del self._buffer[:1]
        return True

    async def read_value(self) -> Any:
        """Return the next value. Raises NotJson or ItemTooLarge."""
        await self.peek()
        size = _FIRST_BYTES
        while True:
            size = min(size, self._most_bytes + 1)
            await self._fill(size)
            is_whole = self._has_ended and len(self._buffer) <= size
            text = _decode_text(bytes(self._buffer[:size]), is_whole=is_whole)
            try:
                value, end = _DECODER.raw_decode(text)
            except (ValueError, RecursionError) as error:  # RecursionError: nested deeper than the parser goes
                if is_whole or not _may_be_cut(error, text):
                    raise NotJson(NOT_JSON) from None
            else:
                # A number at the end may go on behind it.
                if end < len(text) or is_whole:
                    return self._take_value(value, text[:end])
            if size > self._most_bytes:
                raise ItemTooLarge("the value is too large")
            size *= 2

    def _take_value(self, value: Any, text: str) -> Any:
        length = len(text) if text.isascii() else len(text.encode())
        if length > self._most_bytes:
            raise ItemTooLarge("the value is too large")
        del self._buffer[:length]
        return value

    async def _fill(self, size: int) -> None:
        """Read until so many bytes are there, or the body has ended."""
        while len(self._buffer) < size and not self._has_ended:
            chunk = await anext(self._chunks, b"")
            self._has_ended = not chunk
            self._buffer += chunk


def _find_end_of_space(buffer: bytearray) -> int:
    space = _SPACE.match(buffer)
    return space.end() if space else 0


def _decode_text(raw: bytes, *, is_whole: bool) -> str:
    """Return the text of these bytes; when they are cut, without the last character's part. Raises NotJson."""
    try:
        return codecs.utf_8_decode(raw, "strict", is_whole)[0]
    except UnicodeDecodeError:
        raise NotJson(NOT_UTF8) from None


def _may_be_cut(error: ValueError | RecursionError, text: str) -> bool:
    """Tell whether JSON that goes on may be the reason: then the mistake stands where the text ends."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= len(text) - _LONGEST_TOKEN or error.msg.startswith("Unterminated string")
