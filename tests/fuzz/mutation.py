"""Change a value, a text or some bytes a little, at random: what results is nearly right, or plainly wrong."""

import copy
import json
from collections.abc import Sequence
from random import Random
from typing import Any

CANARY = "kanarek-f0e1"
"""Word that stands for a customer's words and for secrets: no log and no error may repeat it."""
ODD_TEXTS = (
    "", " ", "\x00", "\ud800", "\u202e", "\u200b", "é" * 300, "x" * 5_000, "𝔘" * 200, "=1+1",
    "'; DROP TABLE answer; --",
    "%s%n", "{0.__class__}", "../../etc/passwd", "\r\n\r\n", "null", "true", "-0", "1e999", "0x10", "9" * 400, "２",
    "2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-22T10:00:00", "<b>", "&amp;",
    "[]", "{}",
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 1e308, -0.0, 0.1, float("nan"), float("inf"))
MOST_DEEPER = 250  # more would be too deep for the fuzzers themselves; changed bytes are deeper
MOST_PLACES = 2_000  # of a value; a larger one is not made larger
_TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"[" * 50, b"{" * 50, b'"', b"\\", b"\n", b"\r", b"\t",
    b",",
    b";", b"'", b'"""', b"=", b"#", b"9" * 400, b"1e999", b"NaN", b"\\u0000", b"\\ud800", b"]]>", b"<!DOCTYPE x>",
    b"../",
)  # fmt: skip


def make_odd_value(random: Random) -> Any:
    """Return a JSON value that fits hardly anywhere."""
    kind = random.randrange(8)
    if kind < 2:
        return random.choice(ODD_TEXTS)
    if kind == 2:
        return f"{random.choice(ODD_TEXTS)[:50]}{CANARY}{random.choice(ODD_TEXTS)[:50]}"
    if kind < 5:
        return random.choice(ODD_NUMBERS)
    if kind == 5:
        return random.choice([None, True, False])
    if kind == 6:
        return [make_odd_value(random) for _ in range(random.randrange(4))]
    return {
        random.choice(("id", "text", "key", *ODD_TEXTS)): make_odd_value(random) for _ in range(random.randrange(4))
    }


def nest(value: Any, depth: int) -> Any:
    """Return the value inside of so many lists and objects."""
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def mutate_value(random: Random, value: Any, times: int | None = None) -> Any:
    """Return a changed copy of a JSON value."""
    changed, deeper = [copy.deepcopy(value)], MOST_DEEPER
    for _ in range(random.choice((1, 1, 1, 2, 3, 8)) if times is None else times):
        places = _list_places(changed)
        if len(places) >= MOST_PLACES:
            break
        holder, key = random.choice(places)
        deeper -= _change_place(random, holder, key, deeper)
    return changed[0] if changed else None


def _list_places(value: Any) -> list[tuple[Any, Any]]:
    """Return each place of a value as its holder and the key or index in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < MOST_PLACES:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found or [(value, None)]


def _change_place(random: Random, holder: Any, key: Any, most_deeper: int) -> int:
    """Change one place, and return by how much the value became deeper."""
    if key is None:
        holder.append(make_odd_value(random))
        return 0
    kind = random.randrange(8)
    if kind < 3:
        holder[key] = make_odd_value(random)
    elif kind == 3:
        deeper = min(most_deeper, random.choice((1, 2, 30, MOST_DEEPER)))
        holder[key] = nest(holder[key], deeper)
        return deeper
    elif kind == 4 and isinstance(holder[key], str):
        holder[key] = mutate_text(random, holder[key])
    elif kind == 5 and isinstance(holder, dict):
        holder[random.choice((*ODD_TEXTS, mutate_text(random, str(key))))] = holder.pop(key)
    elif kind == 6 and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(random.choice((1, 2, 50))))
    elif isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = str(holder[key])[:200]
    return 0


def write_json(random: Random, value: Any) -> bytes:
    """Return JSON as one of many programs writes it, at times with what JSON does not have."""
    if random.random() < 0.5:
        return json.dumps(value, separators=(",", ":")).encode()
    indent = 1 if len(_list_places([value])) < 200 and random.random() < 0.5 else None
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "surrogatepass")


def mutate_bytes(random: Random, content: bytes, times: int | None = None) -> bytes:
    """Return changed bytes."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4, 16)) if times is None else times):
        at = random.randrange(len(changed) + 1)
        end = min(len(changed), at + random.choice((1, 2, 8, 64, 512)))
        kind = random.randrange(6)
        if kind == 0:
            changed[at:end] = b""
        elif kind == 1:
            changed[at:at] = random.choice(_TOKENS)
        elif kind == 2:
            changed[at:end] = random.randbytes(end - at)
        elif kind == 3:
            changed[at:at] = changed[at:end] * random.choice((1, 2, 20))
        elif kind == 4 and changed:
            changed[at % len(changed)] ^= 1 << random.randrange(8)
        elif random.random() < 0.2:
            del changed[at:]
    return bytes(changed)


def mutate_text(random: Random, text: str) -> str:
    """Return a changed text."""
    at = random.randrange(len(text) + 1)
    end = min(len(text), at + random.choice((1, 1, 4, 20)))
    odd = random.choice((*ODD_TEXTS, CANARY))
    return random.choice(
        (text[:at] + text[end:], text[:at] + odd + text[at:], text[:at] + odd + text[end:], text * 2, odd)
    )


def mutate_lines(random: Random, text: str, others: Sequence[str] = ()) -> str:
    """Return a text with lines that are gone, doubled, moved, taken from ``others`` or changed in themselves."""
    lines = text.splitlines(keepends=True) or [""]
    for _ in range(random.choice((1, 1, 1, 2, 3, 10))):
        at, kind = random.randrange(len(lines)), random.randrange(7)
        if kind == 0 and len(lines) > 1:
            del lines[at : at + random.choice((1, 1, 5))]
        elif kind == 1:
            lines[at:at] = lines[at : at + random.choice((1, 5, 40))]
        elif kind == 2:
            lines.insert(random.randrange(len(lines)), lines[at])
        elif kind == 3 and others:
            lines.insert(at, random.choice(others))
        elif kind == 4:
            lines[at] = mutate_text(random, lines[at])
        else:
            lines[at] = _replace_value(random, lines[at])
        lines = lines[:5_000] or [""]
    return "".join(lines)


def _replace_value(random: Random, line: str) -> str:
    """Return a line of TOML with another value behind its equals sign."""
    key, sign, _ = line.partition("=")
    if not sign:
        return line
    odd = make_odd_value(random)
    return f"{key}= {json.dumps(odd, ensure_ascii=False, default=str).replace('null', 'inf')}\n"
