"""Reasons of decisions about asking, in words."""

from bot.texts.catalogue import Words
from cjm.asking.decision import LIMIT_REASONS, AskingReason, AskingVerdict


def reason_text(words: Words, verdict: AskingVerdict, reason: AskingReason) -> str:
    """Return the reason as the end of a sentence.

    A limit on how often a person is asked, or a day of the week, only holds most questions; where it skips one, the
    words say why it does.
    """
    text = words(f"asking.reason.{reason}")
    ends_in_time = reason in LIMIT_REASONS or reason is AskingReason.WEEKDAY
    return words("asking.limit", reason=text) if verdict is AskingVerdict.SKIP and ends_in_time else text
