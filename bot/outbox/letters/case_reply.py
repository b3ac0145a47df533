"""The team's answer to a customer, as it was written; the team is then told whether it arrived.

Invariants:

* The team's words are frozen when they are posted. Where they leave little room, the words around them are shortened
  instead of them.
* Each end of the letter except ``dropped`` is reported to the member of the team who wrote it.
"""

from bot.db.cases import cases
from bot.db.cases.cases import CaseMessage
from bot.db.delivery import message_subjects
from bot.db.delivery.letters import Letter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.messages.limits import MessengerLimits
from bot.messages.message import Message, Upload, bold, italic, join_lines, plain
from bot.outbox import case_letters
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.case_notice import choose_fitting
from bot.texts import words_in


class CaseReplyLetter:
    """Kind of letter; ``data`` as :func:`bot.outbox.case_letters.post_reply` posts it."""

    name = LetterName.CASE_REPLY
    is_repeated = False  # the member of the team decides, by a button

    def __init__(self, db: Database, limits: MessengerLimits) -> None:
        self._db, self._limits = db, limits

    async def write(self, letter: Letter) -> Message | LetterDropped:
        message, customer = await self._db.read(lambda tx: _read_facts(tx, letter))
        if message is None:
            return LetterDropped("the case is gone")
        words, number = words_in(customer.language if customer else None), letter.data["case"]
        quotes = frozenset({customer.id}) if customer else None  # an answer repeats what it answers
        full = join_lines(
            [
                bold(words("cases.reply.title", number=number)),
                plain(message.text.text),
                italic(words("cases.reply.write_back")),
            ],
            "\n\n",
        )
        short = join_lines([bold(words("cases.number", number=number)), message.text.text])
        if message.text.file_id is None:
            return Message(choose_fitting(full, short, self._limits.text_units), quotes=quotes)
        upload = Upload(message.text.kind, file_id=message.text.file_id, kind=message.text.kind)
        return Message(choose_fitting(full, short, self._limits.caption_units), upload=upload, quotes=quotes)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(SubjectKind.CUSTOMER_MESSAGE, letter.data["case"])
            message_subjects.save(tx, letter.to, outcome.message_id, about, outcome.at)
            # Many people write below an answer instead of replying to it: that is an addition, too.
            case_letters.await_addition(tx, letter.to, letter.data["case"], outcome.at)
        if outcome.state is not LetterState.DROPPED:  # dropped means that the case is gone, and its thread with it
            case_letters.post_reply_outcome(tx, letter, outcome.state, outcome.at)


def _read_facts(tx: Connection, letter: Letter) -> tuple[CaseMessage | None, Customer | None]:
    """Return the team's message, and the customer."""
    return cases.find_message(tx, letter.data["message"]), customers.find_by_address(tx, letter.to)
