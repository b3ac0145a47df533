"""What the team is told below a card: the customer's further words, photos and voices, and what became of an answer."""

from dataclasses import replace

from bot.db.cases import cases
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter, LetterState
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, TeamCaseVerb
from bot.messages.message import (
    MOST_CAPTION,
    MOST_TEXT,
    Button,
    Message,
    Prose,
    Upload,
    bold,
    lines,
    plain,
    quote,
    units,
)
from bot.outbox import case_letters
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.texts import Words, words_in
from cjm.cases.case import CaseText


class CaseNoticeLetter:
    name = case_letters.NOTICE

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        words, number, what = words_in(letter.data["language"]), letter.data["case"], letter.data["what"]
        message, card = await self._db.read(lambda tx: _facts(tx, letter))
        if what == "said":
            if message is None:
                return LetterDropped("the case is gone")
            said = spoken(words("cases.notice.said", number=number), f"#{number}", message.said)
            return replace(said, reply_to=card, thread=letter.thread)
        if what == "not_solved":
            return Message(bold(words("cases.notice.not_solved", number=number)), reply_to=card, thread=letter.thread)
        text = plain(words(f"cases.notice.{what}", number=number))
        reply_to = letter.data["reply_to"]
        delivered = what == LetterState.SENT
        return Message(text, _again(letter, words), reply_to=reply_to, thread=letter.thread, silent=delivered)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(cases.TALK, letter.data["case"])
            message_refs.remember(tx, letter.to, outcome.message_id, about, outcome.at)


def _again(letter: Letter, words: Words) -> tuple[tuple[Button, ...], ...]:
    if letter.data["what"] != LetterState.UNKNOWN:
        return ()
    action = Action.of(TeamCaseVerb.SEND_AGAIN, letter.data["case"], letter.data["message"])
    return ((Button(words("cases.button.send_again"), action),),)


def _facts(tx: Connection, letter: Letter) -> tuple[CaseMessage | None, str | None]:
    """The message it is about, and the latest card in the same chat."""
    said = cases.get_message(tx, letter.data["message"]) if letter.data.get("message") else None
    here = [message_id for chat, message_id in cases.cards(tx, letter.data["case"]) if chat == letter.to]
    return said, here[-1] if here else None


def spoken(title: str, number: str, said: CaseText) -> Message:
    """Somebody's message under a title: their words as a quote, their photo or voice as it is."""
    full, short = lines([bold(title), quote(said.text)]), lines([bold(number), quote(said.text)])
    if said.file_id is None:
        return Message(fitting(full, short, MOST_TEXT))
    upload = Upload(said.kind, file_id=said.file_id, kind=said.kind)
    return Message(fitting(full, short, MOST_CAPTION), upload=upload)


def fitting(full: Prose, short: Prose, most: int) -> Prose:
    """Somebody's words are not cut for the sake of what we say around them."""
    return full if units(str(full)) <= most else short
