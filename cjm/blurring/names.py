"""Find people's names in a text: as they are given, in any case of letters, and in the cases of Russian and Polish.

Invariants:
* A name of three letters or more is found in any spelling of its letters; one of two only with a capital first letter.
* Another grammatical case of a name is found in small letters only if its stem has three letters or more.
* A name that is also an ordinary word ("Вера", "Mark", "Róża") is found only where it begins with a capital letter.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cjm.blurring.name_tables import ALSO_WORDS, ENDINGS_BY_LAST_LETTERS, LONGEST_ENDING
from cjm.blurring.span import Span

MOST_NAMES = 500
"""Words of names that are looked for in one text."""

_FEWEST_IN_CODE = 4  # characters of a name with digits: a shorter one is too likely to be another number
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")


@dataclass(frozen=True, slots=True)
class NameForms:
    """Words of people's names, folded, and their grammatical cases as endings by stem.

    An ending is True where it is looked for in small letters too. ``codes`` are names with digits, and those of
    accounts: they are found as they are written.
    """

    exact: frozenset[str]
    endings_by_stem: Mapping[str, Mapping[str, bool]]
    codes: tuple[str, ...] = ()

    def find_in(self, text: str) -> Iterator[Span]:
        """Yield the words of a text that are words of the names."""
        if self.exact:
            yield from (Span(*found.span()) for found in _WORD.finditer(text) if self._fits(found[0]))
        for code in self.codes:
            pattern = rf"(?<![^\W_]){re.escape(code)}(?![^\W_])"
            yield from (Span(*found.span()) for found in re.finditer(pattern, text, re.IGNORECASE))

    def _fits(self, word: str) -> bool:
        folded, is_capital = _fold(word), word[0].isupper()
        if folded in self.exact:
            return is_capital or (len(folded) > 2 and folded not in ALSO_WORDS)
        for length in range(max(2, len(folded) - LONGEST_ENDING), len(folded) + 1):
            ending = self.endings_by_stem.get(folded[:length], {}).get(folded[length:])
            if ending is not None and (is_capital or (ending and length >= 3)):
                return True
        return False


def make_name_forms(names: Iterable[str]) -> NameForms:
    """Return the forms in which these names may stand in a text; a name with "@" before it is that of an account."""
    names = sorted(set(names))
    words = [found for name in names if name[:1] != "@" for found in _WORD.findall(name[:200])][:MOST_NAMES]
    folded = {word for word in map(_fold, words) if len(word) > 1}
    stems: dict[str, dict[str, bool]] = {}
    for word in sorted(folded):
        stem, endings = _find_stem(word)
        if len(stem) > 1:
            known = stems.setdefault(stem, {})
            known |= {_fold(ending): word not in ALSO_WORDS or known.get(_fold(ending), False) for ending in endings}
    with_digits = (name.removeprefix("@") for name in names if name[:1] == "@" or re.search(r"\d", name))
    codes = tuple(name for name in with_digits if len(name) >= _FEWEST_IN_CODE)
    return NameForms(frozenset(folded), stems, codes[:MOST_NAMES])


def find_own_names(text: str, names: Iterable[str]) -> str | None:
    """Return the words of a text that are words of its writer's own names, with spaces between them; None for none.

    They are kept beside the text, and no name that does not stand in it.
    """
    found = make_name_forms(names).find_in(text)
    return " ".join(dict.fromkeys(text[span.start : span.end] for span in found)) or None


def _find_stem(word: str) -> tuple[str, list[str]]:
    """Return what all cases of a name have in common, and the endings that may follow it."""
    is_latin = word[-1] < "\u0250"
    for ending in ("ski", "ska", "ия", "ая", "ий", "ый", "ой", "ek", "el", "ia", "а", "я", "й", "ь", "a"):
        if word.endswith(_fold(ending)) and len(word) > len(ending) + 1:
            key = "ski" if ending == "ska" else ending
            endings = ENDINGS_BY_LAST_LETTERS[key].split()
            return word[: -len(ending)], endings
    return word, ENDINGS_BY_LAST_LETTERS["latin" if is_latin else ""].split()


def _fold(word: str) -> str:
    """Return a word in small letters without accents, so that "Łukasz" is "lukasz" and "Алёна" is "алена"."""
    plain = unicodedata.normalize("NFD", word.replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
