"""Raw answers to a question, before any figure is made of them."""

from enum import Enum
from typing import Final, Literal


class SpecialAnswer(Enum):
    """Answer that is no value, option or words. It is no text, so that nobody's words are taken for it."""

    NOT_APPLICABLE = "not_applicable"  # "does not apply": stored and shown, and counted by no figure


NOT_APPLICABLE: Final[Literal[SpecialAnswer.NOT_APPLICABLE]] = SpecialAnswer.NOT_APPLICABLE

RawAnswer = int | str | tuple[str, ...] | SpecialAnswer
"""A scale's value; an option's key; the keys of several options, in the order of the question; the customer's own
words; or NOT_APPLICABLE."""
