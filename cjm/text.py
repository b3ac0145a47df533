"""Text: what people read, in one or several languages; cleaned once, when it comes in."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, RootModel, model_validator

_DROPPED = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # come along unseen when text is copied from elsewhere
_JOINERS = "\u200c\u200d"  # needed inside words of some languages, and inside emoji
_FORM = 'a text is "…" or a table by language, such as { en = "…", ru = "…" }'


class TextError(ValueError):
    """What is wrong with a text: ``problems`` are pairs of language ("" for a bare text) and sentence."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(said for _, said in problems))


def is_language(text: str) -> bool:
    """Whether it looks like the code of a language: two small letters."""
    return re.fullmatch(r"[a-z]{2}", text) is not None


def text_problem(text: str) -> str | None:
    """Why this cannot be shown to people, or None. Line breaks and tabs are fine."""
    if text.isprintable():  # as nearly all are: nothing to look at one by one
        return None if text.strip() else "is empty"
    for character in text.translate(_DROPPED):
        kind = unicodedata.category(character)
        code = f"U+{ord(character):04X}"
        if kind in ("Cc", "Cs") and character not in "\n\t":
            return f"holds a control character ({code}); leave it out"
        if kind == "Cf" and character not in _JOINERS:
            return f"holds an invisible character ({code}); leave it out"
    return None if text.translate(_DROPPED).strip() else "is empty"


def clean_text(text: str, *, lines: bool = False) -> str:
    """Without what came along unseen, and with single spaces; line breaks stay where ``lines`` are wanted."""
    kept = text.translate(_DROPPED)
    if not lines:
        return " ".join(kept.split())
    return "\n".join(" ".join(line.split()) for line in kept.strip().split("\n"))


def visible_line(text: str, most: int) -> str:
    """The beginning of a text from outside, on one line, with nothing in it that cannot be seen."""
    return "".join(c for c in clean_text(text) if c.isprintable())[:most].strip()


def cut_text(text: str, most: int) -> str:
    """At most ``most`` characters of ``text`` as messengers count them: those beyond U+FFFF count twice."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def _find_problems(value: Any, most: int | None = None) -> Iterator[tuple[str, str]]:
    texts = {"": value} if isinstance(value, str) else value.root if isinstance(value, LocalizedText) else value
    if not isinstance(texts, dict) or not texts:
        yield "", _FORM
        return
    for language, text in texts.items():
        if language and not is_language(language):
            yield language, "is not a language: two small letters, such as en"
        elif not isinstance(text, str):
            yield language, "must be a text in quotes"
        elif said := text_problem(text):
            yield language, said
        elif most is not None and len(clean_text(text)) > most:
            yield language, f"has {len(clean_text(text))} characters; {most} is the most"


class LocalizedText(RootModel[dict[str, str]]):
    """A text in one or several languages; a bare string is meant for all of them (stored under "")."""

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

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))

    def in_language(self, language: str) -> str:
        """The text in ``language``; where it is missing, the one for all, English, or the first there is."""
        texts = self.root
        return texts.get(language) or texts.get("") or texts.get("en") or next(iter(texts.values()))

    @property
    def longest(self) -> int:
        return max(len(text) for text in self.root.values())


def limit_length(most: int, *, lines: bool = False) -> BeforeValidator:
    """At most so many characters in each language; without ``lines``, on one line."""

    def check(value: Any) -> Any:
        if problems := list(_find_problems(value, most)):
            raise TextError(problems)
        if lines or isinstance(value, LocalizedText):
            return value
        return clean_text(value) if isinstance(value, str) else {k: clean_text(text) for k, text in value.items()}

    return BeforeValidator(check)


def _label(value: str) -> str:
    if said := text_problem(value):
        raise ValueError(said)
    if len(clean_text(value)) > MOST_IN_A_LABEL:
        raise ValueError(f"has {len(clean_text(value))} characters; {MOST_IN_A_LABEL} is the most")
    return clean_text(value)


MOST_IN_A_LABEL = 60
Title = Annotated[LocalizedText, limit_length(120)]
Words = Annotated[LocalizedText, limit_length(600, lines=True)]
Label = Annotated[str, AfterValidator(_label)]
"""A value that customers are told apart by, as it comes with events."""
