"""A case's card: what the team sees of it, in its chat; changed in place as the case goes on."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.cases.case_views import CaseView, TappedAnswer
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter
from bot.db.delivery.letters import LetterState as Fate
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, TeamCaseVerb
from bot.messages.message import Button, Message, Prose, bold, italic, lines, plain, quote, units
from bot.outbox import case_letters
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.outbox.replies import Replies
from bot.texts import Words, words_in
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseState, cut
from cjm.journeys.survey import QuestionKind as Asked

MOST_TEXT = 3600  # of 4096: what we say ourselves needs room too
MOST_MESSAGE = 1500  # a longer one is cut on the card; nobody writes so much often


class CaseCardLetter:
    """The letter. When the team's chat cannot be reached any more, the managers get the card: nothing is lost."""

    name = case_letters.CARD

    def __init__(self, db: Database, desk: CaseRouting) -> None:
        self._db = db
        self._desk = desk

    async def write(self, letter: Letter) -> Message | LetterDropped:
        number, upto = letter.data["case"], letter.data["upto"]
        view = await self._db.read(lambda tx: case_views.view(tx, number, upto))
        if view is None:
            return LetterDropped("the case is gone")
        zone = ZoneInfo(letter.data["timezone"])
        return card(view, words_in(letter.data["language"]), zone, thread=letter.thread)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        number = letter.data["case"]
        if outcome.state is Fate.SENT and outcome.message_id:
            message_refs.remember(tx, letter.to, outcome.message_id, MessageSubject(cases.CARD, number), outcome.at)
        elif outcome.state in (Fate.UNREACHABLE, Fate.REJECTED) and letter.data["team"]:
            case = cases.get(tx, number)
            if case is not None:
                managers = self._desk.managers(tx, case.journey)
                case_letters.give_to(tx, managers, case, outcome.at)


async def redraw(replies: Replies, view: CaseView, cards: Iterable[tuple[CaseReader, str]]) -> None:
    """Show on a case's cards how things stand; a card that cannot be changed still answers to its buttons."""
    for reader, message_id in cards:
        message = card(view, words_in(reader.language), reader.zone, thread=reader.thread)
        await replies.edit(reader.address, message_id, message)


def card(view: CaseView, words: Words, zone: ZoneInfo, thread: int | None = None) -> Message:
    """The card as things are now."""
    case = view.case
    parts: list[Prose | str] = [_title(view, words), _line(view, words), *_marks(view, words)]
    sent = files(view.said, words)
    below = words("cases.card.files", files=sent) if sent else ""
    text = lines([lines(parts), talk(view.said, words), below, italic(_state(case, words, zone))], "\n\n")
    return Message(text, buttons=_buttons(case, words), thread=thread)


def _title(view: CaseView, words: Words) -> Prose:
    place = view.place(words.language)
    title = words(f"cases.card.{view.case.kind}", number=view.case.number)
    return bold(f"{title} · {place}" if place else title)


def _line(view: CaseView, words: Words) -> str:
    who = view.customer.external_id
    known = words("cases.card.customer", id=who) if who else words("cases.card.stranger")
    return " · ".join(filter(None, [view.stage(words.language), words.day(view.case.day), known]))


def _marks(view: CaseView, words: Words) -> list[Prose]:
    return [plain(mark.question.text.in_(words.language) + " ") + bold(_value(mark, words)) for mark in view.marks]


def _value(mark: TappedAnswer, words: Words) -> str:
    if isinstance(mark.value, str):
        option = mark.question.option(mark.value)
        return option.title.in_(words.language) if option else mark.value
    kind = mark.question.kind
    if kind.scale is None or kind in (Asked.EMOTION, Asked.SUCCESS, Asked.EXPECTATION):
        return words(f"chat.{kind}.{mark.value}")
    return words("chat.of", value=mark.value, most=kind.scale.spec.values[-1])


def talk(said: tuple[CaseMessage, ...], words: Words, most: int = MOST_TEXT) -> Prose:
    """What was said, the customer's words as quotes; when it is too long, the first and the latest of it."""
    parts = [_part(message, words) for message in said if message.said.text]
    while len(parts) > 2 and sum(units(str(part)) for part in parts) > most:
        del parts[1]
    return lines(parts)


def _part(message: CaseMessage, words: Words) -> Prose:
    text = cut(message.said.text, MOST_MESSAGE)
    if message.author is CaseAuthor.CUSTOMER:
        return quote(text)
    return bold(f"{message.author_name or words('cases.team.says')}: ") + text


def files(said: tuple[CaseMessage, ...], words: Words) -> str:
    """How many photos and voice messages the customer sent, in words; "" for none."""
    theirs = [m.said.kind for m in said if m.author is CaseAuthor.CUSTOMER]
    found = [words(f"cases.files.{kind}", n=theirs.count(kind)) for kind in ("photo", "voice") if kind in theirs]
    return words.list(found) if found else ""


def _state(case: Case, words: Words, zone: ZoneInfo) -> str:
    if case.kind is CaseKind.PRAISE:
        return words("cases.card.praise_state")
    at: dict[CaseState, datetime | None] = {
        CaseState.TAKEN: case.taken_at,
        CaseState.ANSWERED: case.answered_at,
        CaseState.CLOSED: case.closed_at,
    }
    moment = at.get(case.state)
    when = words.moment(moment.astimezone(zone)) if moment else ""
    return words(f"cases.card.state.{case.state}", name=case.taken_name or words("cases.team"), when=when)


def _buttons(case: Case, words: Words) -> tuple[tuple[Button, ...], ...]:
    def button(verb: TeamCaseVerb, key: str) -> Button:
        return Button(words(f"cases.button.{key}"), Action.of(verb, case.number))

    if case.kind is CaseKind.PRAISE:
        return ()
    if case.is_over:
        return ((button(TeamCaseVerb.REOPEN, "reopen"),),)
    close = button(TeamCaseVerb.CLOSE, "close")
    steps = (close,) if case.taken_by else (button(TeamCaseVerb.TAKE, "take"), close)
    place = (button(TeamCaseVerb.CHOOSE_PLACE, "wrong_place" if case.subject else "set_place"),)
    return (steps, place)
