"""Text that people read, in one or several languages. It is checked and cleaned once, when it comes in."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, RootModel, model_validator

_DROPPED = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # copied along from web pages without being seen
_JOINERS = "\u200c\u200d"  # invisible, but needed inside words of some languages and inside emoji
_FORM = 'must be text in quotes, or a table by language such as { en = "…", ru = "…" }'


class TextError(ValueError):
    """Text that cannot be taken; ``problems`` are pairs of language ("" for a bare text) and sentence."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(sentence for _, sentence in problems))


def is_language(text: str) -> bool:
    """Return whether the text has the form of a language code: two small letters."""
    return re.fullmatch(r"[a-z]{2}", text) is not None


def text_problem(text: str) -> str | None:
    """Return why the text cannot be shown to people, or None if it can. Line breaks and tabs are allowed."""
    if text.isprintable():  # nearly every text: spares the look at each character
        return None if text.strip() else "is empty"
    for character in text.translate(_DROPPED):
        kind = unicodedata.category(character)
        code = f"U+{ord(character):04X}"
        if kind in ("Cc", "Cs") and character not in "\n\t":
            return f"contains a control character ({code}); remove it"
        if kind == "Cf" and character not in _JOINERS:  # such as marks that turn the direction of text
            return f"contains an invisible character ({code}); remove it"
    return None if text.translate(_DROPPED).strip() else "is empty"


def clean_text(text: str, *, lines: bool = False) -> str:
    """Remove characters that were copied along unseen and repeated spaces; keep line breaks only with ``lines``."""
    kept = text.translate(_DROPPED)
    if not lines:
        return " ".join(kept.split())
    return "\n".join(" ".join(line.split()) for line in kept.strip().split("\n"))


def visible_line(text: str, length: int) -> str:
    """Return the first ``length`` characters of a text from outside, on one line, without invisible characters."""
    return "".join(c for c in clean_text(text) if c.isprintable())[:length].strip()


def cut_text(text: str, units: int) -> str:
    """Cut ``text`` to at most ``units`` UTF-16 units, with "…" at the end of what was cut.

    Messengers count this way: a character beyond U+FFFF, such as most emoji, is two units.
    """
    encoded = text.encode("utf-16-le")  # two bytes a unit
    if len(encoded) <= 2 * units:
        return text
    # "ignore" drops the first half of a character that the cut went through.
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def cut_to_line(text: str, units: int) -> str:
    """Put ``text`` on one line and cut it like `cut_text`."""
    return cut_text(" ".join(text.split()), units)


def _find_problems(value: Any, characters: int | None = None) -> Iterator[tuple[str, str]]:
    texts = {"": value} if isinstance(value, str) else value.root if isinstance(value, LocalizedText) else value
    if not isinstance(texts, dict) or not texts:
        yield "", _FORM
        return
    for language, text in texts.items():
        if language and not is_language(language):
            yield language, "is not a language code; write two small letters, such as en"
        elif not isinstance(text, str):
            yield language, "must be text in quotes"
        elif problem := text_problem(text):
            yield language, problem
        elif characters is not None and len(clean_text(text)) > characters:
            yield language, f"has {len(clean_text(text))} characters; at most {characters} are allowed"


class LocalizedText(RootModel[dict[str, str]]):
    """Text in one or several languages. A bare string is meant for all languages and is stored under ""."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _read_languages(cls, value: Any) -> Any:
        if problems := list(_find_problems(value)):
            raise TextError(problems)
        if isinstance(value, LocalizedText):
            return value
        texts = {"": value} if isinstance(value, str) else value
        return {language: clean_text(text, lines=True) for language, text in texts.items()}

    def __hash__(self) -> int:  # pydantic hashes the fields of a frozen model, and a dict has no hash
        return hash(tuple(sorted(self.root.items())))

    def in_language(self, language: str) -> str:
        """Return the text in ``language``; if it is missing, the one for all languages, English, or the first."""
        texts = self.root
        return texts.get(language) or texts.get("") or texts.get("en") or next(iter(texts.values()))

    @property
    def longest(self) -> int:
        """Characters of the longest of the texts."""
        return max(len(text) for text in self.root.values())


def limit_length(characters: int, *, lines: bool = False) -> BeforeValidator:
    """Return a validator: at most so many ``characters`` in each language, on one line unless ``lines``."""

    def check(value: Any) -> Any:
        if problems := list(_find_problems(value, characters)):
            raise TextError(problems)
        if lines or isinstance(value, LocalizedText):
            return value
        return clean_text(value) if isinstance(value, str) else {k: clean_text(text) for k, text in value.items()}

    return BeforeValidator(check)


def _check_label(value: str) -> str:
    if problem := text_problem(value):
        raise ValueError(problem)
    if len(clean_text(value)) > MOST_IN_A_LABEL:
        raise ValueError(f"has {len(clean_text(value))} characters; at most {MOST_IN_A_LABEL} are allowed")
    return clean_text(value)


MOST_IN_A_LABEL = 60  # characters of an attribute's value
Title = Annotated[LocalizedText, limit_length(120)]
Paragraphs = Annotated[LocalizedText, limit_length(600, lines=True)]
Label = Annotated[str, AfterValidator(_check_label)]
"""Value of an attribute, such as "gold", as it comes with events, or the name of a member of the staff."""
