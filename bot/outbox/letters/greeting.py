"""The greeting: the answer to Start, for customers with the question for their consent.

Invariants:

* It is chosen in the transaction that opens the link, and dropped if the person's state has changed since: who has
  given consent by another message meanwhile is not asked for it again.
* Each Start posts one, under the id of the person's message: pressing Start again sends it again.
"""

from datetime import datetime
from enum import StrEnum

from bot.config.settings import AskingSettings
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.messages.callbacks import NO, YES, Action, ConsentVerb
from bot.messages.message import Button, Message, bold, join_lines, plain
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import Words, words_in
from cjm.address import Address


class Greeting(StrEnum):
    """Greeting for a person who presses Start."""

    CONSENT = "consent"  # a known customer who has not been asked for consent, or has not given it
    BACK = "back"  # a known customer with consent
    STOPPED = "stopped"  # a known customer who has stopped surveys: offer to begin again
    STRANGER = "stranger"  # an account that is no customer's
    REFUSED = "refused"  # the link opens nothing for this account


def choose_greeting(person: Customer | None) -> Greeting:
    """Return the greeting for the customer at an account, None for an account that is no customer's."""
    if person is None or person.external_id is None:
        return Greeting.STRANGER
    if person.consent_at is None:
        return Greeting.CONSENT
    return Greeting.STOPPED if person.stopped_at is not None else Greeting.BACK


def post_greeting(
    tx: Connection, to: Address, message_id: str, greeting: Greeting, language: str, now: datetime
) -> None:
    """Answer the Start that is the person's message ``message_id``."""
    key, data = f"greeting:{to}:{message_id}", {"greeting": greeting, "language": language}
    letters.post(tx, NewLetter(key, to, LetterName.GREETING, LetterPriority.REPLY, now, data), now)


class GreetingLetter:
    """Kind of letter. ``data``: ``greeting`` (a `Greeting`) and ``language``.

    ``asking`` are the rules that customers are shown before they consent.
    """

    name = LetterName.GREETING
    is_repeated = True  # the person waits for it, and without consent is never asked

    def __init__(self, db: Database, asking: AskingSettings) -> None:
        self._db, self._asking = db, asking

    async def write(self, letter: Letter) -> Message | LetterDropped:
        greeting, words = Greeting(letter.data["greeting"]), words_in(letter.data["language"])
        person = await self._db.read(lambda tx: customers.find_by_address(tx, letter.to))
        if greeting not in (Greeting.REFUSED, choose_greeting(person)):
            return LetterDropped("the person's state has changed")
        return render_greeting(greeting, words, self._asking)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: a person who gets no greeting can press Start again."""


def render_greeting(greeting: Greeting, words: Words, asking: AskingSettings) -> Message:
    match greeting:
        case Greeting.CONSENT:
            return _consent_question(words, asking)
        case Greeting.STOPPED:  # opening a link is no wish to be asked again, so the bot offers it
            return render_resume_offer(words, "chat.start.stopped")
        case Greeting.REFUSED:
            return Message(plain(words("chat.link.refused")))
        case _:
            return Message(plain(words(f"chat.start.{greeting}")))


def _consent_question(words: Words, asking: AskingSettings) -> Message:
    """Ask for consent, and say before it what we would ask, how often at most, when never, and how to end it."""
    often = words("chat.consent.often", n=asking.per_month) if asking.per_month else ""
    once = words("chat.consent.reminder") if asking.remind_after_hours else ""
    quiet = asking.quiet_hours
    never = words("chat.consent.quiet", start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}") if quiet else ""
    parts = (
        bold(words("chat.consent.hello")),
        plain(words("chat.consent.what")),
        plain(" ".join(filter(None, (often, never, once)))),
        plain(words("chat.consent.stop")),
        bold(words("chat.consent.ask")),
    )
    yes = Button(words("chat.consent.yes"), Action.of(ConsentVerb.CONSENT, YES))
    no = Button(words("chat.consent.no"), Action.of(ConsentVerb.CONSENT, NO))
    return Message(join_lines(parts, between="\n\n"), ((yes,), (no,)))


def render_resume_offer(words: Words, key: str) -> Message:
    """Offer to a person who has stopped surveys to begin again."""
    return Message(plain(words(key)), ((Button(words("chat.resume"), Action.of(ConsentVerb.ASK_AGAIN)),),))
