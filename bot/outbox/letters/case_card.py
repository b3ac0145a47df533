"""A case's card in the team's chat: its place, words, count of files and state, edited as the case goes on."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.case_views import CaseView, TappedAnswer
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import message_subjects
from bot.db.delivery.letters import Letter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, TeamCaseVerb
from bot.messages.message import Button, Message, Prose, bold, italic, join_lines, plain, quote, utf16_length
from bot.outbox import case_letters
from bot.outbox.case_letters import MOST_MESSAGE_UNITS
from bot.outbox.kinds import PASSED_ON, LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.steps.answer_lines import answer_text
from bot.texts import Words, words_in
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseState
from cjm.scales import ButtonLabels
from cjm.text import cut_text

MOST_MESSAGES_UNITS = 3600  # UTF-16 units of all messages on a card; our own words around them need room too


class CaseCardLetter:
    """Kind of letter. When the team's chat cannot be reached, refuses the card or may not have got it, the managers do.

    ``data``: ``case``, ``upto`` (id of the last message it may show; None: all), ``team``, ``timezone``, ``language``.
    """

    name = LetterName.CASE_CARD
    is_repeated = True  # else nobody would see the case

    def __init__(self, db: Database, routing: CaseRouting) -> None:
        self._db = db
        self._routing = routing

    async def write(self, letter: Letter) -> Message | LetterDropped:
        number, upto = letter.data["case"], letter.data["upto"]
        view = await self._db.read(lambda tx: case_views.find_view(tx, number, upto))
        if view is None:
            return LetterDropped("the case is gone")
        zone = ZoneInfo(letter.data["timezone"])
        return render_card(view, words_in(letter.data["language"]), zone, thread=letter.thread)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        number = letter.data["case"]
        if outcome.state is LetterState.SENT and outcome.message_id:
            message_subjects.save(
                tx, letter.to, outcome.message_id, MessageSubject(SubjectKind.CARD, number), outcome.at
            )
        # Only a team's card is passed on: a manager's would come back to the same managers for ever.
        elif outcome.state in PASSED_ON and letter.data["team"]:
            case = cases.find_by_number(tx, number)
            if case is not None:
                managers = self._routing.list_managers(tx, case.journey)
                case_letters.post_cards(tx, managers, case, outcome.at)


def render_card(view: CaseView, words: Words, zone: ZoneInfo, thread: int | None = None) -> Message:
    """Return the card as ``view`` has it."""
    case = view.case
    parts: list[Prose | str] = [_title_line(view, words), _facts_line(view, words), *_tapped_answers(view, words)]
    attachments = attachments_text(view.messages, words)
    below = words("cases.card.files", files=attachments) if attachments else ""
    kept = words("cases.card.kept", n=view.kept_messages) if view.kept_messages else ""
    state = join_lines([italic(_state_text(case, words, zone)), _mute_text(view, words, zone)])
    text = join_lines([join_lines(parts), render_messages(view.messages, words), below, kept, state], "\n\n")
    buttons = (*_buttons(case, words), *_flood_buttons(view, words))
    return Message(text, buttons, thread=thread, quotes=frozenset({view.customer.id}))


def _title_line(view: CaseView, words: Words) -> Prose:
    place = view.place_title(words.language)
    title = words(f"cases.card.{view.case.kind}", number=view.case.number)
    return bold(f"{title} · {place}" if place else title)


def _facts_line(view: CaseView, words: Words) -> str:
    """Return the stage, the day and the customer in one line."""
    external_id = view.customer.external_id
    customer = words("cases.card.customer", id=external_id) if external_id else words("cases.card.stranger")
    return " · ".join(filter(None, [view.stage_title(words.language), words.day(view.case.day), customer]))


def _tapped_answers(view: CaseView, words: Words) -> list[Prose]:
    return [
        plain(answer.question.text.in_language(words.language) + " ") + bold(_answer_text(answer, words))
        for answer in view.tapped_answers
    ]


def _answer_text(answer: TappedAnswer, words: Words) -> str:
    scale, raw = answer.question.kind.scale, answer.raw
    # The faces of a customer's buttons say nothing in a line of words.
    if scale is not None and isinstance(raw, int) and scale.spec.buttons.labels is ButtonLabels.FACES:
        return words(f"chat.{scale}.{raw}")
    return answer_text(answer.question, raw, words.language, words)


def render_messages(messages: tuple[CaseMessage, ...], words: Words, most_units: int = MOST_MESSAGES_UNITS) -> Prose:
    """Return all messages with words, the customer's as quotes; if too long together, the first and the latest ones."""
    parts = [_render_message(message, words) for message in messages if message.text.text]
    while len(parts) > 2 and sum(utf16_length(str(part)) for part in parts) > most_units:
        del parts[1]  # the first message says what it is about, the latest say where it stands
    return join_lines(parts)


def _render_message(message: CaseMessage, words: Words) -> Prose:
    text = cut_text(message.text.text, MOST_MESSAGE_UNITS)
    if message.author is CaseAuthor.CUSTOMER:
        return quote(text)
    return bold(f"{message.author_name or words('cases.team.says')}: ") + text


def attachments_text(messages: tuple[CaseMessage, ...], words: Words) -> str:
    """Return how many photos and voice messages the customer sent, in words; "" for none."""
    kinds = [message.text.kind for message in messages if message.author is CaseAuthor.CUSTOMER]
    counts = [words(f"cases.files.{kind}", n=kinds.count(kind)) for kind in ("photo", "voice") if kind in kinds]
    return words.list(counts) if counts else ""


def _state_text(case: Case, words: Words, zone: ZoneInfo) -> str:
    if case.kind is CaseKind.PRAISE:
        return words("cases.card.praise_state")
    changed_at: dict[CaseState, datetime | None] = {
        CaseState.TAKEN: case.taken_at,
        CaseState.ANSWERED: case.answered_at,
        CaseState.CLOSED: case.closed_at,
    }
    changed = changed_at.get(case.state)
    when = words.moment(changed.astimezone(zone)) if changed else ""
    return words(f"cases.card.state.{case.state}", name=case.taken_name or words("cases.team"), when=when)


def _buttons(case: Case, words: Words) -> tuple[tuple[Button, ...], ...]:
    def button(verb: TeamCaseVerb, key: str) -> Button:
        return Button(words(f"cases.button.{key}"), Action.of(verb, case.number))

    if case.kind is CaseKind.PRAISE:
        return ()
    if case.is_closed:
        return ((button(TeamCaseVerb.REOPEN, "reopen"),),)
    close = button(TeamCaseVerb.CLOSE, "close")
    steps = (close,) if case.taken_by else (button(TeamCaseVerb.TAKE, "take"), close)
    place = (button(TeamCaseVerb.CHOOSE_PLACE, "wrong_place" if case.subject else "set_place"),)
    return (steps, place)


def _mute_text(view: CaseView, words: Words, zone: ZoneInfo) -> str:
    if view.mute is None:
        return ""
    until = words.moment(view.mute.until.astimezone(zone))
    return words("cases.card.muted", until=until, name=view.mute.muted_name)


def _flood_buttons(view: CaseView, words: Words) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons to read what was kept, and to mute the customer or end that."""

    def row(verb: TeamCaseVerb, label: str) -> tuple[Button, ...]:
        return (Button(label, Action.of(verb, view.case.number)),)

    read = (row(TeamCaseVerb.READ_KEPT, words("cases.button.read_kept")),) if view.kept_messages else ()
    if view.mute is not None:
        return (*read, row(TeamCaseVerb.UNMUTE, words("cases.button.unmute")))
    may_mute = bool(view.kept_messages) or not view.case.is_closed
    return (*read, row(TeamCaseVerb.ASK_MUTE, words("cases.button.mute"))) if may_mute else read
