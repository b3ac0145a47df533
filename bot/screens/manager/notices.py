"""Notices that several features for managers share."""

from bot.messages.notice import Notice
from bot.texts import words_in


def gone_notice(language: str | None) -> Notice:
    """Return the notice for a button whose view is not kept any more, or whose reader may not see it."""
    return Notice(words_in(language)("manager.nothing.gone"))
