"""The question what an unexpected message is, asked under the message itself.

Until it is answered, nobody but the customer knows of the message; so the question is a letter.
"""

from datetime import datetime

from bot.db.cases import drafts
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, DraftVerb
from bot.messages.message import Button, Message, plain
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import words_in
from cjm.address import Address
from cjm.cases.case import CaseKind


def post_draft_question(
    tx: Connection, to: Address, draft: int, case: int | None, reply_to: str, language: str | None, now: datetime
) -> None:
    """Ask what the draft is, under the message ``reply_to``; ``case`` is an open case that it may belong to."""
    data = {"draft": draft, "case": case, "reply_to": reply_to, "language": language}
    key = f"draft_question:{to}:{reply_to}"
    letters.post(tx, NewLetter(key, to, LetterName.DRAFT_QUESTION, LetterPriority.CONFIRMATION, now, data), now)


class DraftQuestionLetter:
    """Kind of letter. ``data``: ``draft`` and ``case`` (ids), ``reply_to`` (the customer's message), ``language``."""

    name = LetterName.DRAFT_QUESTION
    is_repeated = True  # else nobody would see the message

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        draft, case, words = letter.data["draft"], letter.data["case"], words_in(letter.data["language"])
        kept = await self._db.read(lambda tx: drafts.find_draft(tx, letter.to, draft))
        if kept is None or kept.case_number is not None:
            return LetterDropped("the draft is settled")
        rows = [
            (Button(words(f"cases.button.kind.{kind}"), Action.of(DraftVerb.OPEN_CASE, draft, kind)),)
            for kind in CaseKind
        ]
        if case is not None:
            label = words("cases.button.add_to", number=case)
            rows.insert(0, (Button(label, Action.of(DraftVerb.ADD_TO_CASE, draft, case)),))
        rows.append((Button(words("cases.button.nothing"), Action.of(DraftVerb.DISCARD, draft)),))
        return Message(plain(words("cases.unexpected.ask")), tuple(rows), reply_to=letter.data["reply_to"])

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: the draft is kept, and what the customer writes next is asked about again."""
