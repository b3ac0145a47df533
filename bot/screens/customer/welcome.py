"""What a customer reads at the beginning and at the end: who we are, may we ask, goodbye."""

from bot.config.settings import AskingSettings as Rules
from bot.messages.callbacks import Action, ConsentVerb
from bot.messages.message import Button, Message, Prose, bold, lines, plain
from bot.texts import Words
from bot.usecases.asking.give_consent import Consent
from bot.usecases.asking.stop_asking import AskingChange
from bot.usecases.people.open_link import Greeting


def greeting(what: Greeting, w: Words, rules: Rules) -> Message:
    match what:
        case Greeting.CONSENT:
            return consent_question(w, rules)
        case Greeting.STOPPED:
            return _resume_offer(w, "chat.start.stopped")
        case Greeting.REFUSED:
            return _text_message(w, "chat.link.refused")
        case _:
            return _text_message(w, f"chat.start.{what}")


def consent_question(w: Words, rules: Rules) -> Message:
    """What we would ask, how often at most, when never, and how to end it: before anything is asked."""
    often = w("chat.consent.often", n=rules.per_month) if rules.per_month else ""
    once = w("chat.consent.reminder") if rules.remind_after_hours else ""
    quiet = rules.quiet_hours
    never = w("chat.consent.quiet", start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}") if quiet else ""
    text = _paragraphs(
        bold(w("chat.consent.hello")),
        plain(w("chat.consent.what")),
        plain(" ".join(filter(None, (often, never, once)))),
        plain(w("chat.consent.stop")),
        bold(w("chat.consent.ask")),
    )
    yes = Button(w("chat.consent.yes"), Action.of(ConsentVerb.CONSENT, 1))
    return Message(text, ((yes,), (Button(w("chat.consent.no"), Action.of(ConsentVerb.CONSENT, 0)),)))


def consent_reply(what: Consent, w: Words) -> Message:
    keys = {Consent.GIVEN: "chat.consent.given", Consent.REFUSED: "chat.consent.refused"}
    return _text_message(w, keys.get(what, "chat.start.stranger"))


def stop_reply(what: AskingChange, w: Words) -> Message:
    match what:
        case AskingChange.STOPPED:
            undo = Button(w("chat.undo"), Action.of(ConsentVerb.ASK_AGAIN))
            return Message(plain(w("chat.stop.done")), ((undo,),))
        case AskingChange.ALREADY:
            return _resume_offer(w, "chat.stop.already")
        case _:
            return _text_message(w, "chat.stop.never")


def resume_reply(what: AskingChange, w: Words) -> Message:
    return _text_message(w, "chat.resumed" if what is AskingChange.ON else "chat.stop.never")


def forget_question(w: Words) -> Message:
    erase = Button(w("chat.forget.yes"), Action.of(ConsentVerb.FORGET, 1))
    return Message(
        plain(w("chat.forget.ask")), ((Button(w("chat.forget.no"), Action.of(ConsentVerb.FORGET, 0)),), (erase,))
    )


def forget_reply(w: Words, *, found: bool) -> Message:
    return _text_message(w, "chat.forget.done" if found else "chat.forget.nothing")


def forget_cancellation(w: Words) -> Message:
    return _text_message(w, "chat.forget.kept")


def customer_help(w: Words) -> Message:
    return Message(_paragraphs(bold(w("chat.help.head")), plain(w("chat.help"))))


def flood_warning(w: Words) -> Message:
    return _text_message(w, "chat.slow_down")


def _resume_offer(w: Words, key: str) -> Message:
    return Message(plain(w(key)), ((Button(w("chat.resume"), Action.of(ConsentVerb.ASK_AGAIN)),),))


def _text_message(w: Words, key: str) -> Message:
    return Message(plain(w(key)))


def _paragraphs(*parts: Prose) -> Prose:
    return lines(parts, between="\n\n")
