"""Formatted text: HTML or a list of entities. Offsets and lengths are in UTF-16 units, as in Telegram."""

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.refusals import bad_request

Entity = dict[str, Any]

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "tg-spoiler": "spoiler", "span": "spoiler", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
ENTITY_TYPES = {*TAGS.values(), "expandable_blockquote", "mention", "hashtag", "cashtag", "bot_command", "url", "email",
         "phone_number", "text_mention", "date_time"}  # fmt: skip
NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

# Telegram reads a few named entities and all numeric ones; anything else stays as it was typed.
_PIECE = re.compile(r"&(?:#x[0-9a-fA-F]+|#\d+|lt|gt|amp|quot);?|<|[^&<]+|&")
_START = re.compile(r"<([^\s>]*)((?:\s+[^\s=>]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?)*)\s*>")
_END = re.compile(r"</([^\s>]*)\s*>")
_ATTRIBUTE = re.compile(r"([^\s=>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")
_FOUND_PATTERNS = [
    # A command may be 64 characters long here, although a menu takes 32.
    ("bot_command", re.compile(r"(?<![\w/@.<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("url", re.compile(r"(?<![\w@])(?:https?://[^\s<>\"]+[^\s<>\"'.,:;!?)\]}]|t\.me/[\w/?=&-]+)")),
    ("mention", re.compile(r"(?<![\w/@])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
]


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def entity_text(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity covers."""
    # Two bytes per unit, so slicing bytes cuts at units.
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def _cannot_parse(sentence: str) -> Exception:
    return bad_request(f"can't parse entities: {sentence}")


@dataclass
class _OpenTag:
    tag: str
    argument: str
    offset: int


class _HtmlReader:
    """Reader of one HTML text. An unknown tag or wrong nesting refuses the whole message, as with Telegram."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.plain: list[str] = []
        self.offset = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def read_text(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.source):
            if self.source.startswith("</", self.position):
                self._read_end_tag()
            elif self.source[self.position] == "<":
                self._read_start_tag()
            else:
                self._read_words()
        # Telegram closes nothing by itself: an open tag refuses the whole message.
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.plain), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def _byte_offset(self) -> int:
        return len(self.source[: self.position].encode())

    def _read_words(self) -> None:
        end = self.source.find("<", self.position)
        end = len(self.source) if end < 0 else end
        words = "".join(_decode_piece(piece) for piece in _PIECE.findall(self.source[self.position : end]))
        self.position = end
        self.plain.append(words)
        self.offset += utf16_length(words)

    def _read_start_tag(self) -> None:
        where = self._byte_offset()
        match = _START.match(self.source, self.position)
        tag = re.match(r"<([^\s>]*)", self.source[self.position :])
        name = (tag.group(1) if tag else "").lower()
        if ">" not in self.source[self.position :]:
            raise _cannot_parse(f"Unclosed start tag at byte offset {where}")
        if name not in TAGS:
            raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {where}')
        if match is None:
            raise _cannot_parse(f'Unclosed start tag "{name}" at byte offset {where}')
        attributes = _read_attributes(match.group(2))
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_OpenTag(name, _tag_argument(name, attributes), self.offset))
        self.position = match.end()

    def _read_end_tag(self) -> None:
        where = self._byte_offset()
        if not self.open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {where}")
        match = _END.match(self.source, self.position)
        if match is None:
            raise _cannot_parse(f"Unclosed end tag at byte offset {where}")
        opened, name = self.open[-1], match.group(1).lower()
        if name not in ("", opened.tag):
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self.open.pop()
        self.position = match.end()
        self._keep_entity(opened)

    def _keep_entity(self, opened: _OpenTag) -> None:
        length = self.offset - opened.offset
        kind = TAGS[opened.tag]
        # Telegram drops empty entities, and links without an address, in silence.
        if length == 0 or (opened.tag == "a" and not opened.argument):
            return
        entity: Entity = {"type": kind, "offset": opened.offset, "length": length}
        if opened.tag == "a":
            entity["url"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        # `<pre><code class="language-x">` is one entity with a language, not two.
        elif opened.tag == "code" and self.open and self.open[-1].tag == "pre":
            self.open[-1].argument = opened.argument
            return
        elif opened.tag == "pre" and opened.argument:
            entity["language"] = opened.argument
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        self.entities.append(entity)


def _decode_piece(piece: str) -> str:
    if not piece.startswith("&") or piece == "&":
        return piece
    name = piece[1:].rstrip(";")
    if name in NAMED_CHARACTERS:
        return NAMED_CHARACTERS[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else piece


def _read_attributes(source: str) -> dict[str, str]:
    attributes = {}
    for match in _ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        attributes[match.group(1).lower()] = "".join(_decode_piece(piece) for piece in _PIECE.findall(value))
    return attributes


def _tag_argument(tag: str, attributes: dict[str, str]) -> str:
    if tag == "a":
        return attributes.get("href", "")
    if tag == "blockquote":
        return "1" if "expandable" in attributes else ""
    if tag == "tg-emoji":
        return attributes.get("emoji-id", "")
    return attributes.get("class", "").removeprefix("language-")


def read_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text without tags, and the entities that they mean. Raises Telegram's refusal of broken HTML."""
    return _HtmlReader(source).read_text()


def check_entities(text: str, entities: list[Any]) -> list[Entity]:
    """Return a list of entities sorted, without empty ones. Raises Telegram's refusal of one that does not fit."""
    length, kept = utf16_length(text), []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        if not all(type(entity.get(key)) is int for key in ("offset", "length")):
            raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
        if entity.get("type") not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        _check_place(entity["offset"], entity["length"], length)
        if entity["length"] > 0:
            kept.append(entity)
    return sorted(kept, key=lambda e: (e["offset"], -e["length"]))


def _check_place(offset: int, length: int, end: int) -> None:
    if offset < 0 or length < 0:
        raise bad_request(f"Receive an entity with incorrect {'offset' if offset < 0 else 'length'}")
    if offset > end:
        raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > end:
        raise bad_request(
            f"Entity beginning at UTF-16 offset {offset} ends after the end of the text"
            f" at UTF-16 offset {offset + length}"
        )


def add_found_entities(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the entities that Telegram finds by itself: commands, URLs and @names outside of code and links."""
    taken = [
        (e["offset"], e["offset"] + e["length"])
        for e in entities
        if e["type"] in {"code", "pre", "text_link", "url", "bot_command", "mention"}
    ]
    result = list(entities)
    for kind, pattern in _FOUND_PATTERNS:
        for match in pattern.finditer(text):
            start, length = utf16_length(text[: match.start()]), utf16_length(match.group())
            if not any(start < end and begin < start + length for begin, end in taken):
                result.append({"type": kind, "offset": start, "length": length})
                taken.append((start, start + length))
    return sorted(result, key=lambda e: (e["offset"], -e["length"]))


def trim_text(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Strip white space at both ends, as Telegram does; entities move and shrink with the text."""
    kept = text.strip()
    if kept == text:
        return text, entities
    lead, end = utf16_length(text[: len(text) - len(text.lstrip())]), utf16_length(kept)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        stop = min(end, entity["offset"] + entity["length"] - lead)
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return kept, moved
