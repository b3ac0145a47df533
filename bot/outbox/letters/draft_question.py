"""The question what an unexpected message is, asked under the message itself.

Until it is answered, nobody but the customer knows of the message; so the question is a letter.
"""

from datetime import datetime

from bot.clock import Clock
from bot.conversation.open_question import find_open_question
from bot.db.cases import drafts
from bot.db.cases.drafts import Draft
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.callbacks import Action, DraftVerb
from bot.messages.message import Button, Message, join_lines
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

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        draft, case, words = letter.data["draft"], letter.data["case"], words_in(letter.data["language"])
        now = self._clock.now()
        kept, is_anonymous, is_asking = await self._db.read(lambda tx: _read_facts(tx, letter.to, draft, now))
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
        open_question = words("cases.unexpected.question_open") if is_asking else ""
        parts = [words("cases.unexpected.ask"), words("anonymous.complain") if is_anonymous else "", open_question]
        return Message(join_lines(parts, "\n\n"), tuple(rows), reply_to=letter.data["reply_to"])

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: the draft is kept, and what the customer writes next is asked about again."""


def _read_facts(tx: Connection, writer: Address, draft: int, now: datetime) -> tuple[Draft | None, bool, bool]:
    """Return the draft, whether some journey promises that customers answer anonymously, and if a question is open."""
    is_anonymous = any(each.anonymous for each in journeys.list_current(tx).values())
    return drafts.find_draft(tx, writer, draft), is_anonymous, find_open_question(tx, writer, now) is not None
