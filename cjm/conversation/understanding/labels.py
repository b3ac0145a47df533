"""Labels of a question in all languages: the words that answer it, and the beginnings of its buttons."""

from collections.abc import Iterable

from cjm.conversation.understanding.clause_words import ENDING_SIGNS, NO_BEGINNINGS
from cjm.conversation.understanding.scale_words import (
    AMBIGUOUS,
    BUTTON_LABELS,
    END_PHRASES,
    NOT_APPLICABLE_PHRASES,
    SCALE_PHRASES,
    Phrase,
    phrase_of,
)
from cjm.conversation.understanding.tokens import Token, TokenKind
from cjm.journeys.survey import Question
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer
from cjm.scales import Scale
from cjm.text import LocalizedText

LEAST_BEGINNING = 3  # letters of a label that stand for it


def list_phrases(question: Question, language: str) -> dict[Phrase, RawAnswer]:
    """Return the words and signs that answer a choice or a question on a scale, with their values."""
    scale = question.kind.scale
    found: dict[Phrase, RawAnswer] = dict.fromkeys(
        NOT_APPLICABLE_PHRASES if question.not_applicable else (), NOT_APPLICABLE
    )
    if scale is None:
        return found | _unique_titles(_all_titles(question)) | _unique_titles(_own_titles(question, language))
    found |= SCALE_PHRASES[scale] | _default_ends(question, scale)
    for value, end in ((scale.spec.values[0], question.low), (scale.spec.values[-1], question.high)):
        found |= {phrase_of(text): value for text in _texts(end)}
    doubtful = AMBIGUOUS.get(language, frozenset())
    return {phrase: value for phrase, value in found.items() if phrase and not doubtful.issuperset(phrase)}


def find_beginning(tokens: list[Token], question: Question, language: str) -> RawAnswer | None:
    """Return the value of the one label that begins with this text; None if there is none, or several."""
    while tokens and tokens[-1].key in ENDING_SIGNS:
        tokens = tokens[:-1]
    words = tuple(token.key for token in tokens)
    beginning = " ".join(words)
    are_words = all(token.kind in (TokenKind.WORD, TokenKind.NUMBER) for token in tokens)
    if not are_words or len(beginning) < LEAST_BEGINNING or NO_BEGINNINGS.issuperset(words):
        return None
    scale = question.kind.scale
    if scale is not None:
        return _find_label(beginning, BUTTON_LABELS.get(scale, {}).items())
    own = _find_label(beginning, _own_titles(question, language))
    return own if own is not None else _find_label(beginning, _all_titles(question))


def _find_label(beginning: str, labels: Iterable[tuple[Phrase, RawAnswer]]) -> RawAnswer | None:
    found = {value for label, value in labels if " ".join(label).startswith(beginning)}
    return found.pop() if len(found) == 1 else None


def _default_ends(question: Question, scale: Scale) -> dict[Phrase, int]:
    """Return the words of the ends that stand beside the scale: a question's own ends take the place of these."""
    hidden = {scale.spec.values[0]: question.low, scale.spec.values[-1]: question.high}
    return {phrase: value for phrase, value in END_PHRASES.get(scale, {}).items() if hidden[value] is None}


def _own_titles(question: Question, language: str) -> list[tuple[Phrase, RawAnswer]]:
    return [(phrase_of(option.title.in_language(language)), option.key) for option in question.options]


def _all_titles(question: Question) -> list[tuple[Phrase, RawAnswer]]:
    return [(phrase_of(text), option.key) for option in question.options for text in _texts(option.title)]


def _unique_titles(titles: Iterable[tuple[Phrase, RawAnswer]]) -> dict[Phrase, RawAnswer]:
    """Return the titles that only one option has."""
    values: dict[Phrase, set[RawAnswer]] = {}
    for phrase, value in titles:
        values.setdefault(phrase, set()).add(value)
    return {phrase: next(iter(found)) for phrase, found in values.items() if phrase and len(found) == 1}


def _texts(text: LocalizedText | None) -> Iterable[str]:
    return text.root.values() if text is not None else ()
