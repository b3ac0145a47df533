"""The team's answer to a customer, as it was written; the team is then told whether it arrived."""

from bot.db.cases import cases
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter, LetterState
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import MOST_CAPTION, MOST_TEXT, Message, Upload, bold, italic, lines, plain
from bot.outbox import case_letters
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.outbox.letters.case_notice import fitting
from bot.texts import words_in


class CaseReplyLetter:
    name = case_letters.REPLY

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        message, language = await self._db.read(lambda tx: _facts(tx, letter))
        if message is None:
            return LetterDropped("the case is gone")
        words, number = words_in(language), letter.data["case"]
        full = lines(
            [
                bold(words("cases.reply.title", number=number)),
                plain(message.said.text),
                italic(words("cases.reply.write_back")),
            ],
            "\n\n",
        )
        short = lines([bold(f"#{number}"), message.said.text])
        if message.said.file_id is None:
            return Message(fitting(full, short, MOST_TEXT))
        upload = Upload(message.said.kind, file_id=message.said.file_id, kind=message.said.kind)
        return Message(fitting(full, short, MOST_CAPTION), upload=upload)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(cases.OWN, letter.data["case"])
            message_refs.remember(tx, letter.to, outcome.message_id, about, outcome.at)
            case_letters.listen(tx, letter.to, letter.data["case"], outcome.at)
        if outcome.state is not LetterState.DROPPED:
            case_letters.tell_fate(tx, letter, outcome.state, outcome.at)


def _facts(tx: Connection, letter: Letter) -> tuple[CaseMessage | None, str | None]:
    person = customers.by_address(tx, letter.to)
    return cases.get_message(tx, letter.data["message"]), person.language if person else None
