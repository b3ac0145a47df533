"""Notices to the team below a card: the customer's additions, and what became of the team's answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import letters, message_subjects
from bot.db.delivery.letters import Letter, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, TeamCaseVerb
from bot.messages.limits import MessengerLimits
from bot.messages.message import Button, Message, Prose, Upload, bold, join_lines, plain, quote, utf16_length
from bot.outbox.case_letters import CaseNoticeCause
from bot.outbox.kinds import PASSED_ON, LetterDropped, LetterName, LetterOutcome
from bot.texts import Words, words_in
from cjm.address import Address
from cjm.cases.case import CaseText


class CaseNoticeLetter:
    """Kind of letter. ``what`` in ``data`` is a `CaseNoticeCause`, or the state in which a reply ended.

    When the team's chat cannot be reached, refuses the notice or may not have got it, the managers get it.
    """

    name = LetterName.CASE_NOTICE
    is_repeated = True

    def __init__(self, db: Database, limits: MessengerLimits, routing: CaseRouting) -> None:
        self._db, self._limits, self._routing = db, limits, routing

    async def write(self, letter: Letter) -> Message | LetterDropped:
        words, number, what = words_in(letter.data["language"]), letter.data["case"], letter.data["what"]
        message, card, writer = await self._db.read(lambda tx: _read_facts(tx, letter))
        if what == CaseNoticeCause.ADDITION:
            if message is None or writer is None:
                return LetterDropped("the case is gone")
            title, said = words("cases.notice.said", number=number), message.text
            if letter.data.get("is_file_refused"):
                title, said = words(f"cases.notice.refused.{said.kind}", number=number), CaseText("text", said.text)
            addition = render_customer_message(title, words("cases.number", number=number), said, self._limits)
            return replace(addition, reply_to=card, thread=letter.thread, quotes=frozenset({writer}))
        if what == CaseNoticeCause.NOT_SOLVED:
            return Message(bold(words("cases.notice.not_solved", number=number)), reply_to=card, thread=letter.thread)
        text = plain(words(f"cases.notice.{what}", number=number))
        reply_to = letter.data["reply_to"]
        buttons, is_good_news = _send_again_buttons(letter, words), what == LetterState.SENT
        return Message(text, buttons, reply_to=reply_to, thread=letter.thread, silent=is_good_news)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(SubjectKind.TEAM_MESSAGE, letter.data["case"])
            message_subjects.save(tx, letter.to, outcome.message_id, about, outcome.at)
        elif outcome.state in PASSED_ON and not _post_without_file(tx, letter, outcome):
            self._pass_on(tx, letter, outcome)

    def _pass_on(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Show a notice that its chat did not get to the managers; those of a manager's own chat end there."""
        case = cases.find_by_number(tx, letter.data["case"])
        managers = self._routing.list_managers(tx, case.journey) if case is not None else []
        if letter.to in {manager.address for manager in managers}:
            return
        for manager in managers:
            data = {**letter.data, "language": manager.language, "reply_to": None}
            _post_instead(tx, letter, f"{letter.key}:{manager.address}", manager.address, None, data, outcome)


def _post_without_file(tx: Connection, letter: Letter, outcome: LetterOutcome) -> bool:
    """Show the words of an addition whose photo or voice message the messenger refuses, and say so.

    Return False when it is no such letter.
    """
    is_addition = letter.data["what"] == CaseNoticeCause.ADDITION and not letter.data.get("is_file_refused")
    if outcome.state is not LetterState.REJECTED or not is_addition:
        return False
    message = cases.find_message(tx, letter.data["message"])
    if message is None or message.text.file_id is None:
        return False
    data = {**letter.data, "is_file_refused": True}
    _post_instead(tx, letter, f"{letter.key}:words", letter.to, letter.thread, data, outcome)
    return True


def _post_instead(
    tx: Connection,
    letter: Letter,
    key: str,
    to: Address,
    thread: int | None,
    data: Mapping[str, Any],
    outcome: LetterOutcome,
) -> None:
    new = NewLetter(key, to, letter.kind, letter.priority, outcome.at, data, thread=thread, about=letter.about)
    letters.post(tx, new, outcome.at)


def _send_again_buttons(letter: Letter, words: Words) -> tuple[tuple[Button, ...], ...]:
    if letter.data["what"] != LetterState.UNKNOWN:
        return ()
    action = Action.of(TeamCaseVerb.SEND_AGAIN, letter.data["case"], letter.data["message"])
    return ((Button(words("cases.button.send_again"), action),),)


def _read_facts(tx: Connection, letter: Letter) -> tuple[CaseMessage | None, str | None, int | None]:
    """Return the message that the notice is about, the id of the latest card in the same chat, and the customer's."""
    message = cases.find_message(tx, letter.data["message"]) if letter.data.get("message") else None
    cards = [message_id for chat, message_id in cases.list_cards(tx, letter.data["case"]) if chat == letter.to]
    case = cases.find_by_number(tx, letter.data["case"])
    return message, cards[-1] if cards else None, case.customer_id if case else None


def render_customer_message(title: str, short_title: str, message: CaseText, limits: MessengerLimits) -> Message:
    """Return a customer's message under a title: their words as a quote, their photo or voice as it is."""
    words = quote(message.text)
    full, short = join_lines([bold(title), words]), join_lines([bold(short_title), words])
    if message.file_id is None:
        return Message(choose_fitting(full, short, limits.text_units))
    upload = Upload(message.kind, file_id=message.file_id, kind=message.kind)
    return Message(choose_fitting(full, short, limits.caption_units), upload=upload)


def choose_fitting(full: Prose, short: Prose, units: int) -> Prose:
    """Return ``full`` if it fits, else ``short``: a person's words are not cut to make room for ours around them."""
    return full if utf16_length(str(full)) <= units else short
