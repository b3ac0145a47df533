"""Make keys of a journey from titles in any language."""

import unicodedata

from cjm.file_model import is_key

_MOST_IN_A_KEY = 32  # characters, so that a number fits behind it
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (*"abvgdee", "zh", *"ziyklmnoprstuf", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
        strict=True,
    )
)
_OTHERS = {"ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "є": "e", "і": "i", "ї": "i", "ґ": "g", "ў": "u"}
_LETTERS = str.maketrans({**_CYRILLIC, **_OTHERS})


def make_key(title: str, taken: set[str], default: str) -> str:
    """Return a key that is not among ``taken``, and add it there; ``default`` is used where a title has no letters."""
    latin = unicodedata.normalize("NFD", title.casefold().translate(_LETTERS))
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in latin if not unicodedata.combining(c)).split()
    stem = ""
    for word in words:
        if stem and len(stem) + len(word) >= _MOST_IN_A_KEY:
            break
        stem = f"{stem}_{word}"[: _MOST_IN_A_KEY + 1] if stem else word[:_MOST_IN_A_KEY]
    stem = stem if is_key(stem) else f"{default}_{stem}"[:_MOST_IN_A_KEY].rstrip("_") if stem else default
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    taken.add(key)
    return key
