"""Replies about a message that no feature expected: what became of it, or why it was not taken."""

from bot.messages.message import Message, plain
from bot.texts import words_in
from bot.usecases.cases.settle_draft import DraftSettled
from cjm.cases.case import CaseKind


def opened_draft(settled: DraftSettled, kind: CaseKind, language: str | None) -> Message:
    """Confirm that the message became a case of this kind, or joined one; a letter brings the case's number."""
    become = "added" if settled.has_joined else kind
    return _settled_draft(settled, f"cases.unexpected.passed.{become}", language)


def added_draft(settled: DraftSettled, language: str | None) -> Message:
    return _settled_draft(settled, "cases.unexpected.passed.added", language)


def discarded_draft(settled: DraftSettled, language: str | None) -> Message:
    return _settled_draft(settled, "cases.unexpected.passed.nothing", language)


def missing_draft(language: str | None) -> Message:
    """Say that the message is not kept any more, to a button that is old or forged."""
    return Message(plain(words_in(language)("cases.unexpected.gone")))


def _settled_draft(settled: DraftSettled, key: str, language: str | None) -> Message:
    words = words_in(settled.language or language)
    if not settled.is_found:
        return missing_draft(words.language)
    if settled.was_settled:
        return Message(plain(words("cases.unexpected.passed.already", number=settled.case)))
    return Message(plain(words(key)))


def unknown_command(language: str | None, reply_to: str) -> Message:
    return Message(plain(words_in(language)("cases.unexpected.unknown_command")), reply_to=reply_to)


def edited_message(language: str | None, reply_to: str) -> Message:
    """Say that the team does not get a change to a message."""
    return Message(plain(words_in(language)("cases.edited.customer")), reply_to=reply_to)


def unsupported_content(language: str | None, reply_to: str) -> Message:
    """Say that only words, photos and voice messages can be passed on to the team."""
    return Message(plain(words_in(language)("cases.unexpected.cannot_take")), reply_to=reply_to)
