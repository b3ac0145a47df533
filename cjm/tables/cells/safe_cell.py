"""Guard the cells of a CSV file against programs that take text for a formula, and take the guards off again.

Invariants:
* A guarded text begins with no formula sign, with or without invisible characters, spaces and quotation marks before
  it, and neither does any part of it that another separator (";", "|", tab) or a line break would make a cell of its
  own.
* The guard is an apostrophe before the sign. `unguard_cell` gives back exactly the text that `guard_cell` was given.
"""

import re

_SIGNS = "=+@\\-\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"  # also their wide, small and typographic forms
_BREAKS = ";|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_UNSEEN = (
    "\\s\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BEGINNING = re.compile(rf"(?:^|(?<=[;|])|(?<![{_UNSEEN}\"])(?P<unseen>[{_UNSEEN}\"]+))(?P<guards>'*)(?=[{_SIGNS}])")
"""What stands before a sign; a run of unseen characters is looked at once, so the time grows with the length only."""

_BREAK = re.compile(f"[{_BREAKS}]")


def guard_cell(text: str) -> str:
    """Return the text with an apostrophe before each sign with which a cell could begin as a formula."""
    return _BEGINNING.sub(lambda found: f"{found[0]}'" if _begins_cell(found) else found[0], text)


def unguard_cell(text: str) -> str:
    """Return the text without the apostrophes of `guard_cell`."""
    if "'" not in text:
        return text
    return _BEGINNING.sub(lambda found: found[0][:-1] if found["guards"] and _begins_cell(found) else found[0], text)


def _begins_cell(found: re.Match[str]) -> bool:
    """Return whether a cell of any reader may begin in the unseen characters before a sign."""
    text, start = found.string, found.start()
    return start == 0 or text[start - 1] in ";|" or _BREAK.search(found["unseen"] or "") is not None
