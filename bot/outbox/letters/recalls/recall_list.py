"""Lists of messages that could be neither deleted nor emptied: for those who see the chat where they stand.

Invariants:

* A list names cases and links, never words. Where the messenger has no links, it is a reply to the first message.
* A list that cannot reach its chat goes to the managers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.delivery.recalls import Erasure, Recall, RecallTarget
from bot.db.delivery.states import ErasureCause, LetterState, MessageCarrier
from bot.db.engine.database import Connection
from bot.messages.message import Message
from bot.outbox.kinds import LetterName, LetterOutcome
from bot.outbox.letters.recalls.recall_words import remaining_report
from bot.outbox.messenger import Messenger
from bot.texts import words_in
from cjm.address import Address


def post_recall_lists(
    tx: Connection, routing: CaseRouting, erasure: Erasure, remaining: Sequence[Recall], now: datetime
) -> None:
    """Tell those who see the chats of these messages, else the managers, which remain there."""
    for chat in dict.fromkeys(recall.to for recall in remaining):
        access = routing.find_access(tx, chat, chat)
        readers = [access.reader] if access is not None else routing.list_managers(tx, None)
        messages = [[each.message_id, each.case_number, each.carrier] for each in remaining if each.to == chat]
        data = {"chat": str(chat), "cause": erasure.cause, "messages": messages}
        letters.post(tx, [_list_letter(f"recall_list:{erasure.id}:{chat}", each, data, now) for each in readers], now)


def _list_letter(key: str, reader: CaseReader, data: Mapping[str, Any], now: datetime) -> NewLetter:
    return NewLetter(
        key=f"{key}:{reader.address}",
        to=reader.address,
        kind=LetterName.RECALL_LIST,
        priority=LetterPriority.ALERT,
        due_at=now,
        data={**data, "language": reader.language},
        thread=reader.thread,
    )


class RecallListLetter:
    """Kind of letter. ``data``: ``chat``, ``cause``, ``language`` and ``messages`` (id, case or None, carrier)."""

    name = LetterName.RECALL_LIST
    is_repeated = True

    def __init__(self, messenger: Messenger, routing: CaseRouting) -> None:
        self._messenger, self._routing = messenger, routing

    async def write(self, letter: Letter) -> Message:
        words, chat = words_in(letter.data["language"]), Address.parse(letter.data["chat"])
        targets = [
            RecallTarget(chat, message_id, MessageCarrier(carrier) if carrier else None, case_number)
            for message_id, case_number, carrier in letter.data["messages"]
        ]
        link = self._messenger.message_link
        has_link = link(chat, targets[0].message_id) is not None
        report = remaining_report(targets, ErasureCause(letter.data["cause"]), words, link)
        reply_to = targets[0].message_id if letter.to == chat and not has_link else None
        return replace(report, reply_to=reply_to, thread=letter.thread)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state not in (LetterState.UNREACHABLE, LetterState.REJECTED):
            return
        managers = [reader for reader in self._routing.list_managers(tx, None) if reader.address != letter.to]
        # A manager's own list ends here, or two managers who cannot be reached would write to each other for ever.
        if str(letter.to) == letter.data["chat"]:
            posted = [_list_letter(letter.key, reader, letter.data, outcome.at) for reader in managers]
            letters.post(tx, posted, outcome.at)
