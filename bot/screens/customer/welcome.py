"""Screens for the beginning and the end: after consent, how to stop and be forgotten, and help.

The greeting and the question for consent are a letter: `bot.outbox.letters.greeting`.
"""

from bot.messages.callbacks import NO, YES, ConsentVerb
from bot.messages.command_list import command_list
from bot.messages.commands import Audience, listed_commands
from bot.messages.message import Message, Prose, bold, join_lines, plain
from bot.outbox.letters.greeting import render_resume_offer
from bot.outbox.letters.recalls.recall_words import recall_lines
from bot.screens.buttons import button_row
from bot.texts import Words
from bot.usecases.asking.give_consent import Consent
from bot.usecases.asking.stop_asking import AskingChange
from bot.usecases.people.forget_customer import CustomerForgotten


def consent_reply(consent: Consent, words: Words) -> Message:
    keys = {Consent.GIVEN: "chat.consent.given", Consent.REFUSED: "chat.consent.refused"}
    return _text_message(words, keys.get(consent, "chat.start.stranger"))


def stop_reply(change: AskingChange, words: Words) -> Message:
    """Confirm /stop, with a button that undoes it."""
    match change:
        case AskingChange.STOPPED:
            return Message(plain(words("chat.stop.done")), (button_row(words("chat.undo"), ConsentVerb.ASK_AGAIN),))
        case AskingChange.ALREADY:
            return render_resume_offer(words, "chat.stop.already")
        case _:
            return _text_message(words, "chat.stop.never")


def resume_reply(change: AskingChange, words: Words) -> Message:
    return _text_message(words, "chat.resumed" if change is AskingChange.ON else "chat.stop.never")


def forget_question(words: Words) -> Message:
    """Ask once before everything is erased; the safe button comes first, because erasing cannot be undone."""
    keep = button_row(words("chat.forget.no"), ConsentVerb.FORGET, NO)
    return Message(
        plain(words("chat.forget.ask")), (keep, button_row(words("chat.forget.yes"), ConsentVerb.FORGET, YES))
    )


def forget_reply(words: Words, forgotten: CustomerForgotten) -> Message:
    """Confirm /forget, and say in numbers what happens to our messages in other chats."""
    if not forgotten.was_known:
        return _text_message(words, "chat.forget.nothing")
    recalls = recall_lines(forgotten.recalled, forgotten.lasting, forgotten.in_doubt, words)
    return Message(_paragraphs(plain(words("chat.forget.done")), plain(recalls)))


def forget_cancellation(words: Words) -> Message:
    return _text_message(words, "chat.forget.kept")


def customer_help(words: Words) -> Message:
    """List the commands of customers, and say that they can also just write."""
    return Message(
        _paragraphs(
            bold(words("chat.help.head")),
            command_list(listed_commands(Audience.CUSTOMER), words),
            plain(words("chat.help")),
        )
    )


def flood_warning(words: Words) -> Message:
    return _text_message(words, "chat.slow_down")


def _text_message(words: Words, key: str) -> Message:
    return Message(plain(words(key)))


def _paragraphs(*parts: Prose) -> Prose:
    return join_lines(parts, between="\n\n")
