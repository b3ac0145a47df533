"""The report to a person who was forgotten: how many messages that showed their words are gone, emptied, or remain.

Invariants:

* It is the last that is kept of their account: at its end, however it ended, its row and the erasure with the address
  are deleted in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.db.delivery import letters, recalls
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.delivery.recalls import Erasure
from bot.db.delivery.states import RecallState
from bot.db.engine.database import Connection
from bot.messages.message import Message
from bot.outbox.kinds import LetterName, LetterOutcome
from bot.outbox.letters.recalls.recall_words import erasure_report
from bot.texts import words_in


def post_erasure_report(tx: Connection, erasure: Erasure, numbers: Mapping[RecallState, int], now: datetime) -> None:
    """Tell the person who asked to be forgotten what became of the messages; nothing when nobody waits for it."""
    if erasure.to is None:
        return
    data = {"erasure": erasure.id, "language": erasure.language, "numbers": dict(numbers)}
    key = f"erasure_report:{erasure.id}"
    new = NewLetter(key, erasure.to, LetterName.ERASURE_REPORT, LetterPriority.CONFIRMATION, now, data)
    letters.post(tx, new, now)


class ErasureReportLetter:
    """Kind of letter. ``data``: ``erasure``, ``language`` and ``numbers`` (of messages, by `RecallState`)."""

    name = LetterName.ERASURE_REPORT
    is_repeated = True  # the person waits for it

    async def write(self, letter: Letter) -> Message:
        numbers = {RecallState(state): number for state, number in letter.data["numbers"].items()}
        return erasure_report(numbers, words_in(letter.data["language"]))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        recalls.delete_erasure(tx, letter.data["erasure"])
        letters.delete_letter(tx, letter.id)
