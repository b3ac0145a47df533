"""Every kind of letter has a name, a class that writes it, and a place in the composition root."""

import re

from bot.outbox.kinds import LetterName
from tests.house.source import ROOT

LETTERS = sorted((ROOT / "bot" / "outbox" / "letters").rglob("*.py"))


def kinds_in_code() -> dict[str, str]:
    """Return the class of each letter kind by the name of its member of `LetterName`."""
    pattern = re.compile(r"^class (\w+):\n(?:(?!class ).*\n)+?    name = LetterName\.(\w+)$", re.M)
    return {name: kind for file in LETTERS for kind, name in pattern.findall(file.read_text(encoding="utf-8"))}


def test_every_name_belongs_to_one_class() -> None:
    assert sorted(kinds_in_code()) == sorted(LetterName.__members__)


def test_every_class_is_handed_to_the_outbox() -> None:
    made = re.findall(
        r"^        (\w+Letter)\(", (ROOT / "bot" / "app" / "letters.py").read_text(encoding="utf-8"), re.M
    )
    assert sorted(made) == sorted(kinds_in_code().values())
