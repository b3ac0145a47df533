"""The greeting: the answer to Start, for customers with the question for their consent.

Invariants:

* It is chosen in the transaction that opens the link, and dropped if the person's state has changed since: who has
  given consent by another message meanwhile is not asked for it again.
* What the question says of quiet hours is what happens: the zone that it assumes where none is known is kept with the
  person, and holds for questions of every journey.
* Each Start posts one, under the id of the person's message: pressing Start again sends it again.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.config.settings import AskingSettings
from bot.conversation.context import effective_quiet_hours
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.consent_records import ConsentWording, save_wording
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.messages.callbacks import NO, YES, Action, ConsentVerb
from bot.messages.message import Button, Message, bold, join_lines, plain
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import Words, words_in
from cjm.address import Address
from cjm.asking.limits import find_most_a_month
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation.conversation import ANONYMOUS_CHANGE_PERIOD
from cjm.journeys.journey import Journey


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
    tx: Connection, to: Address, message_id: str, greeting: Greeting, language: str, way: ConsentWay, now: datetime
) -> None:
    """Answer the Start that is the person's message ``message_id``; ``way`` is for the record of their consent."""
    key, data = f"greeting:{to}:{message_id}", {"greeting": greeting, "language": language, "way": way}
    letters.post(tx, NewLetter(key, to, LetterName.GREETING, LetterPriority.REPLY, now, data), now)


class GreetingLetter:
    """Kind of letter. ``data``: ``greeting`` (a `Greeting`), ``language`` and ``way`` (a `ConsentWay`).

    ``asking`` are the rules that customers are shown before they consent.
    """

    name = LetterName.GREETING
    is_repeated = True  # the person waits for it, and without consent is never asked

    def __init__(self, db: Database, asking: AskingSettings) -> None:
        self._db, self._asking = db, asking

    async def write(self, letter: Letter) -> Message | LetterDropped:
        greeting, words = Greeting(letter.data["greeting"]), words_in(letter.data["language"])

        def read(tx: Connection) -> tuple[Customer | None, list[Journey], str | None]:
            person, in_force = customers.find_by_address(tx, letter.to), journeys.list_current(tx)
            return person, [*in_force.values()], find_assumed_zone(tx, person, in_force)

        person, in_force, zone = await self._db.read(read)
        if greeting not in (Greeting.REFUSED, choose_greeting(person)):
            return LetterDropped("the person's state has changed")
        quiet = effective_quiet_hours(person, self._asking.quiet_hours)
        message = render_greeting(greeting, words, self._asking, in_force, zone, quiet)
        if greeting is not Greeting.CONSENT or person is None:
            return message
        return await self._keep_wording(message, letter, words, person, zone if quiet is not None else None)

    async def _keep_wording(
        self, question: Message, letter: Letter, words: Words, person: Customer, zone: str | None
    ) -> Message:
        """Store what the question says before anybody can answer it, and let its buttons name that wording."""
        text, language = read_wording(question), words.language

        def write(tx: Connection) -> ConsentWording:
            if zone is not None and person.known_zone is None:
                customers.update_customer(tx, person.id, told_zone=zone)
            return save_wording(tx, language, text, letter.created_at)

        kept = await self._db.write(write)
        way = letter.data.get("way", ConsentWay.UNKNOWN)

        def name_wording(button: Button) -> Button:
            assert isinstance(button.action, Action)  # the question has no links
            return replace(button, action=Action.of(button.action.verb, *button.action.args, kept.version, way))

        return replace(question, buttons=tuple(tuple(map(name_wording, row)) for row in question.buttons))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: a person who gets no greeting can press Start again."""


def read_wording(message: Message) -> str:
    """Return what a person reads in a message: its words, and a line for each button."""
    labels = (f"[{button.label}]" for row in message.buttons for button in row)
    return "\n".join((str(message.text), "", *labels))


def find_assumed_zone(tx: Connection, person: Customer | None, in_force: Mapping[str, Journey]) -> str | None:
    """Return the zone by whose clock quiet hours count for a person; None while there is no journey.

    Where it is not known it is that of the journey on which they were last, else of the first one that asks anything.
    """
    if person is not None and person.known_zone is not None:
        return person.known_zone
    walked = visits.list_latest(tx, person.id) if person is not None else []
    asking = (journey for journey in in_force.values() if journey.surveys)
    guesses = [*(in_force[v.journey] for v in walked if v.journey in in_force), *asking, *in_force.values()]
    return guesses[0].timezone if guesses else None


def render_greeting(
    greeting: Greeting,
    words: Words,
    asking: AskingSettings,
    in_force: Collection[Journey],
    zone: str | None = None,
    quiet: QuietHours | None = None,
) -> Message:
    """Return the greeting; a question for consent says which of the journeys in force are anonymous.

    ``quiet`` are the person's quiet hours, and ``zone`` is the one by whose clock they count.
    """
    match greeting:
        case Greeting.CONSENT:
            return _consent_question(words, asking, in_force, _quiet_text(words, quiet, zone))
        case Greeting.STOPPED:  # opening a link is no wish to be asked again, so the bot offers it
            return render_resume_offer(words, "chat.start.stopped")
        case Greeting.REFUSED:
            return Message(plain(words("chat.link.refused")))
        case _:
            return Message(plain(words(f"chat.start.{greeting}")))


def _consent_question(words: Words, asking: AskingSettings, in_force: Collection[Journey], never: str) -> Message:
    """Ask for consent, and say before it what we would ask, how often at most, when never, and how to end it."""
    most = find_most_a_month(asking.per_month, in_force)
    often = words("chat.consent.often", n=most) if most else ""
    once = words("chat.consent.reminder") if asking.remind_after_hours else ""
    parts = (
        bold(words("chat.consent.hello")),
        plain(words("chat.consent.what")),
        plain(" ".join(filter(None, (often, never, once)))),
        plain(_anonymity_text(words, in_force)),
        plain(words("chat.consent.stop")),
        bold(words("chat.consent.ask")),
    )
    yes = Button(words("chat.consent.yes"), Action.of(ConsentVerb.CONSENT, YES))
    no = Button(words("chat.consent.no"), Action.of(ConsentVerb.CONSENT, NO))
    return Message(join_lines(parts, between="\n\n"), ((yes,), (no,)))


def _quiet_text(words: Words, quiet: QuietHours | None, zone: str | None) -> str:
    """Return when the person is not asked, and by whose clock; "" where there are no quiet hours."""
    if quiet is None:
        return ""
    hours = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}"}
    clock = words("chat.consent.clock", city=words.city(zone)) if zone else words("chat.consent.clock.local")
    return words("chat.consent.quiet", clock=clock, **hours)


def _anonymity_text(words: Words, in_force: Collection[Journey]) -> str:
    """Return which journeys that ask anything are anonymous, and what that means; "" if none is."""
    asked = [journey for journey in in_force if journey.surveys]
    titles = [journey.title.in_language(words.language) for journey in asked if journey.anonymous]
    if not titles:
        return ""
    is_all = len(titles) == len(asked)
    which = words("anonymous.consent.all") if is_all else words("anonymous.consent.some", list=words.list(titles))
    return f"{which} {words('anonymous.consent.how', period=words.duration(ANONYMOUS_CHANGE_PERIOD))}"


def render_resume_offer(words: Words, key: str) -> Message:
    """Offer to a person who has stopped surveys to begin again."""
    return Message(plain(words(key)), ((Button(words("chat.resume"), Action.of(ConsentVerb.ASK_AGAIN)),),))
