"""Understand an answer in words: a mark, a label, a sign, a choice; and what else was written with it.

Invariants:

* A wrong answer is worse than none: what may mean two things is not understood, and stays a message of its own.
* An answer stands at the beginning, alone or before a sign or a word that ends a clause: "4, the courier was late",
  "good but late". So "I waited 4 days" and "not good" are none.
* Two values are no answer ("4 or 5", "yes, no"), nor is a question ("4?"), a date, an amount or a number of an order.
* The ``rest`` stands in the text as it is there. The time has a bound: only the beginning of a text is read.

`understand` never raises, and each value that it returns is legal for the question.
"""

import re
import unicodedata
from dataclasses import dataclass

from cjm.conversation.understanding import clause_words
from cjm.conversation.understanding.labels import find_beginning, list_phrases
from cjm.conversation.understanding.marks import read_mark
from cjm.conversation.understanding.scale_words import MOODS, SELF_DELIMITING, Phrase
from cjm.conversation.understanding.tokens import Token, TokenKind, read_tokens
from cjm.journeys.survey import MOST_OPTIONS, Question, QuestionKind
from cjm.raw_answer import RawAnswer

_MOST_IN_A_PHRASE = 12  # words
_PARTS = re.compile(r"[,;&+\n]|\b(?:and|и|i|oraz)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """Answer in words: its ``value``, legal for the question, and the ``rest`` of the text, "" without one."""

    value: RawAnswer
    rest: str = ""


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Value that ends before the token ``end``. ``is_mark``: it is a number; ``is_face``: words may follow at once."""

    value: RawAnswer
    end: int
    is_mark: bool = False
    is_face: bool = False


def understand(text: str, question: Question, language: str) -> Understood | None:
    """Return the answer to a question that a text begins with, or None if it is not surely one.

    ``language`` is that of the conversation: titles are looked for in it first.
    """
    if question.kind is QuestionKind.TEXT:
        return None
    one = _understand_one(text, question, language)
    if not question.several or (one is not None and not one.rest):
        return one
    return _understand_several(text, question, language) or one


def _understand_one(text: str, question: Question, language: str) -> Understood | None:
    reading = _Reading(text, read_tokens(text), question, list_phrases(question, language))
    understood = reading.read()
    if understood is not None:
        return understood
    beginning = find_beginning(reading.tokens, question, language)
    return Understood(beginning) if beginning is not None else None


def _understand_several(text: str, question: Question, language: str) -> Understood | None:
    """Return several choices, if each part of the text between commas and "and" is one."""
    parts = _PARTS.split(text, maxsplit=MOST_OPTIONS)
    found = [_understand_one(part, question, language) for part in parts if part.strip()]
    if any(one is None or one.rest for one in found):
        return None
    chosen = {one.value for one in found if one is not None}
    return Understood(tuple(option.key for option in question.options if option.key in chosen)) if chosen else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reading of one text as the answer to one question; ``phrases`` are the words that answer it."""

    text: str
    tokens: list[Token]
    question: Question
    phrases: dict[Phrase, RawAnswer]

    def read(self) -> Understood | None:
        start = next((n for n, each in enumerate(self.tokens) if each.key not in clause_words.OPENING_SIGNS), 0)
        found = self._find_value(start)
        if found is None:
            return None
        end = self._skip_decoration(found)
        rest_at = self._find_rest(found, end) if end is not None else None
        if rest_at is None or self._is_doubtful(found, rest_at):
            return None
        return Understood(found.value, self._rest_from(rest_at))

    # ---- the value ---------------------------------------------------------------------------------------------------

    def _find_value(self, at: int) -> FoundValue | None:
        """Find the value at a token, or after words that lead to it."""
        return (
            self._find_phrase(at)
            or self._find_mark(at)
            or self._find_phrase(self._skip_leads(at, clause_words.WORD_LEADS))
            or self._find_mark(self._skip_leads(at, clause_words.NUMBER_LEADS))
        )

    def _skip_leads(self, at: int, leads: tuple[Phrase, ...]) -> int:
        lead = next((each for each in leads if self._keys(at, len(each)) == each), ())
        return at + len(lead)

    def _keys(self, at: int, count: int) -> Phrase:
        return tuple(token.key for token in self.tokens[at : at + count])

    def _find_mark(self, at: int) -> FoundValue | None:
        mark = read_mark(self.tokens, at, self.question)
        return FoundValue(mark.value, mark.end, is_mark=True) if mark is not None else None

    def _find_phrase(self, at: int) -> FoundValue | None:
        """Find the longest phrase at a token; signs between its words do not count, except a question mark."""
        if at < len(self.tokens) and self.tokens[at].kind is TokenKind.OTHER:
            return self._find_sign(at)
        words: Phrase = ()
        found = None
        for place in range(at, len(self.tokens)):
            token = self.tokens[place]
            if token.kind is TokenKind.LINE or token.key == "?" or len(words) == _MOST_IN_A_PHRASE:
                break
            if token.kind is not TokenKind.OTHER:
                words = (*words, token.key)
                value = self.phrases.get(words)
                found = FoundValue(value, place + 1) if value is not None else found
        return found

    def _find_sign(self, at: int) -> FoundValue | None:
        sign = self.tokens[at].key
        value = self.phrases.get((sign,))
        return FoundValue(value, at + 1, is_face=sign in SELF_DELIMITING) if value is not None else None

    # ---- what follows it ---------------------------------------------------------------------------------------------

    def _skip_decoration(self, found: FoundValue) -> int | None:
        """Return the first token after polite words and signs; None if one of these says the contrary."""
        mood = self._mood_of(found.value)
        for place in range(found.end, len(self.tokens)):
            token = self.tokens[place]
            is_sign = token.key in MOODS or (
                token.kind is TokenKind.OTHER and unicodedata.category(token.key[0]) == "So"
            )
            if token.key not in clause_words.POLITE_WORDS and not is_sign:
                return place
            # "No, thanks" declines to answer; a sad face beside a good mark is a riddle.
            is_declined = self._is_plain_no(found) and token.key in clause_words.POLITE_WORDS
            if is_declined or mood * MOODS.get(token.key, 0) < 0:
                return None
        return len(self.tokens)

    def _is_plain_no(self, found: FoundValue) -> bool:
        return self.question.kind is QuestionKind.SUCCESS and found.value == 0

    def _mood_of(self, value: RawAnswer) -> int:
        scale = self.question.kind.scale
        if scale is None or not isinstance(value, int):
            return 0
        return (value in scale.spec.favourable) - (value in scale.spec.low)

    def _find_rest(self, found: FoundValue, end: int) -> int | None:
        """Return the token at which the rest begins; None if the clause of the value goes on."""
        place = end
        while place < len(self.tokens) and self._ends_clause(place):
            place += 1
        if place == len(self.tokens):
            return place
        token = self.tokens[place]
        is_word = token.kind is TokenKind.WORD
        is_begun = place > end or (is_word and (token.key in clause_words.TURNING_WORDS or found.is_face))
        # A question mark right behind it makes the value a question.
        return place if is_begun and token.key != "?" else None

    def _ends_clause(self, place: int) -> bool:
        token = self.tokens[place]
        if token.key in clause_words.DASHES:  # a hyphen inside a word, or between two numbers, ends nothing
            is_followed = place + 1 < len(self.tokens) and self.tokens[place + 1].is_glued
            return not (token.is_glued and is_followed)
        return token.kind is TokenKind.LINE or token.key in clause_words.ENDING_SIGNS

    def _is_doubtful(self, found: FoundValue, at: int) -> bool:
        """Return whether what follows takes the value back, or may be a second one."""
        if at == len(self.tokens):
            return False
        # A question is for people, and only a mark is surely an answer beside it.
        if not found.is_mark and "?" in self.text:
            return True
        place = at + (self.tokens[at].key in clause_words.TURNING_WORDS)
        second = self._find_value(place)
        if second is not None and self._is_alone(second):
            return self._contradicts(found, second)
        key, after = self._key(place), self._key(place + 1)
        if key in clause_words.NEGATIONS:
            is_own_clause = after.isalpha() and after not in clause_words.WEAKENING_WORDS | clause_words.POLITE_WORDS
            return not is_own_clause or self._find_value(place + 1) is not None
        has_words = any(token.kind is TokenKind.WORD for token in self.tokens[place:])
        has_numbers = any(token.kind is TokenKind.NUMBER for token in self.tokens[place:])
        is_thanks = self._is_plain_no(found) and key in clause_words.POLITE_WORDS
        is_alone = has_numbers and not has_words
        return key in clause_words.CORRECTIONS or is_alone or is_thanks or self._is_meant_otherwise(found, place)

    def _is_meant_otherwise(self, found: FoundValue, place: int) -> bool:
        """Return whether what follows tells that the value was a joke, or of another time, or no answer at all."""
        keys = [token.key for token in self.tokens[place:]]
        if clause_words.JOKES.intersection(keys):
            return True
        if clause_words.NOW.intersection(keys[:2]) and any(key.isdigit() for key in keys[:2]):  # "5, now 2"
            return True
        if found.is_mark:
            return False
        mood = self._mood_of(found.value)
        is_ironic = mood > 0 and bool(clause_words.IRONIC_WORDS.intersection(keys[:1]))
        # Behind "but" a sign is about what follows.
        is_turned = self.tokens[place - 1].key in clause_words.TURNING_WORDS
        has_contrary = not is_turned and any(mood * MOODS.get(key, 0) < 0 for key in keys)
        return is_ironic or has_contrary or bool(clause_words.PROMISES.intersection(keys))

    def _is_alone(self, second: FoundValue) -> bool:
        end = self._skip_decoration(second)
        return end is None or self._find_rest(second, end) is not None

    def _contradicts(self, first: FoundValue, second: FoundValue) -> bool:
        if first.value == second.value:
            return False
        # "5, good": a mark is exact, a word beside it is not; only a word of the contrary casts doubt.
        is_mixed = first.is_mark != second.is_mark and self.question.kind.scale is not None
        return not is_mixed or self._mood_of(first.value) * self._mood_of(second.value) < 0

    def _key(self, place: int) -> str:
        return self.tokens[place].key if place < len(self.tokens) else ""

    def _rest_from(self, place: int) -> str:
        if place == len(self.tokens):
            return ""
        rest = self.text[self.tokens[place].start :].strip()
        if rest.endswith(")") and "(" not in rest:
            rest = rest[:-1].strip()  # the bracket that was opened before it
        return rest if any(character.isalnum() for character in rest) else ""
