"""Screens for the beginning and the end: who we are, whether we may ask, how to stop and be forgotten, and help."""

from bot.config.settings import AskingSettings
from bot.messages.callbacks import NO, YES, ConsentVerb
from bot.messages.commands import Audience, listed_commands
from bot.messages.message import Message, Prose, bold, join_lines, plain
from bot.screens.buttons import button_row
from bot.screens.command_list import command_list
from bot.texts import Words
from bot.usecases.asking.give_consent import Consent
from bot.usecases.asking.stop_asking import AskingChange
from bot.usecases.people.open_link import Greeting


def greeting_screen(greeting: Greeting, words: Words, asking: AskingSettings) -> Message:
    match greeting:
        case Greeting.CONSENT:
            return consent_question(words, asking)
        case Greeting.STOPPED:  # opening a link is no wish to be asked again, so the bot offers it
            return _resume_offer(words, "chat.start.stopped")
        case Greeting.REFUSED:
            return _text_message(words, "chat.link.refused")
        case _:
            return _text_message(words, f"chat.start.{greeting}")


def consent_question(words: Words, asking: AskingSettings) -> Message:
    """Ask for consent, and say before it what we would ask, how often at most, when never, and how to end it."""
    often = words("chat.consent.often", n=asking.per_month) if asking.per_month else ""
    once = words("chat.consent.reminder") if asking.remind_after_hours else ""
    quiet = asking.quiet_hours
    never = words("chat.consent.quiet", start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}") if quiet else ""
    text = _paragraphs(
        bold(words("chat.consent.hello")),
        plain(words("chat.consent.what")),
        plain(" ".join(filter(None, (often, never, once)))),
        plain(words("chat.consent.stop")),
        bold(words("chat.consent.ask")),
    )
    yes = button_row(words("chat.consent.yes"), ConsentVerb.CONSENT, YES)
    return Message(text, (yes, button_row(words("chat.consent.no"), ConsentVerb.CONSENT, NO)))


def consent_reply(consent: Consent, words: Words) -> Message:
    keys = {Consent.GIVEN: "chat.consent.given", Consent.REFUSED: "chat.consent.refused"}
    return _text_message(words, keys.get(consent, "chat.start.stranger"))


def stop_reply(change: AskingChange, words: Words) -> Message:
    """Confirm /stop, with a button that undoes it."""
    match change:
        case AskingChange.STOPPED:
            return Message(plain(words("chat.stop.done")), (button_row(words("chat.undo"), ConsentVerb.ASK_AGAIN),))
        case AskingChange.ALREADY:
            return _resume_offer(words, "chat.stop.already")
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


def forget_reply(words: Words, *, was_known: bool) -> Message:
    return _text_message(words, "chat.forget.done" if was_known else "chat.forget.nothing")


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


def _resume_offer(words: Words, key: str) -> Message:
    return Message(plain(words(key)), (button_row(words("chat.resume"), ConsentVerb.ASK_AGAIN),))


def _text_message(words: Words, key: str) -> Message:
    return Message(plain(words(key)))


def _paragraphs(*parts: Prose) -> Prose:
    return join_lines(parts, between="\n\n")
