"""Show a case on its cards, as it stands when their turn comes; a card that cannot be changed keeps its buttons."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.db.cases import case_views
from bot.db.cases.case_routing import CaseReader
from bot.db.engine.database import Database
from bot.messages.message import Message
from bot.outbox.letters.case_card import render_card
from bot.outbox.showings import Showing
from bot.texts import words_in
from bot.usecases.cases.case_access import CaseSnapshot, CaseStepRefused


class ShowCards:
    """``show_cards(outcome) -> showings``, one for each card that is to show the case; none for who may not see it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __call__(self, outcome: CaseSnapshot | CaseStepRefused) -> tuple[Showing, ...]:
        snapshot = outcome.snapshot if isinstance(outcome, CaseStepRefused) else outcome
        return () if snapshot is None else tuple(self._list_edits(snapshot.view.case.number, snapshot.cards))

    def _list_edits(self, number: int, cards: Iterable[tuple[CaseReader, str]]) -> Iterable[Showing]:
        for reader, message_id in cards:
            yield CardShowing(reader.address, message_id, self._db, number, reader)


@dataclass(slots=True, eq=False)
class CardShowing(Showing):
    """Card of a case in its reader's language; nothing to show when the case is gone."""

    db: Database
    number: int
    reader: CaseReader

    async def render(self) -> Message | None:
        view = await self.db.read(lambda tx: case_views.find_view(tx, self.number))
        if view is None:
            return None
        return render_card(view, words_in(self.reader.language), self.reader.zone, thread=self.reader.thread)
