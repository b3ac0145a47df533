"""Volunteers of the simulated past: some of those who are invited keep a diary, and write when they are asked.

* Joining, planning and writing take the path of production; only the wish to join is simulated.
* Nobody joins so late that messages would still be due when the demo begins: nothing of its past falls due. And nobody
  joins long before it: only words of the last weeks are shown.
* They draw from random numbers of their own, so what else customers do is the same with and without diaries.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from bot.conversation.context import ConversationContext
from bot.db.diary import diaries
from bot.db.engine.database import Connection
from bot.usecases.diary.keep_diary import join_diary
from bot.usecases.diary.plan_diaries import plan_batch
from cjm.asking.decision import AskingRules
from cjm.asking.diary_state import DiaryState
from cjm.figures.day.parts import part_of
from cjm.journeys.survey import Question

JOINING_SHARE = 0.5  # of those who are invited
MOST_MESSAGES = 100  # planned in one step
_EARLIEST = timedelta(weeks=5)  # before the demo begins
_AFTER_LAST_DAY = timedelta(days=2)  # a diary begins the day after joining, and its last message has time


def let_some_join(
    tx: Connection, conversations: Sequence[ConversationContext], rules: AskingRules, at: datetime, begin: datetime
) -> None:
    """Let some of those whose conversation has just invited them keep a diary; ``begin`` is when the demo begins."""
    for context in conversations:
        diary = context.diary
        if diary is None or diary.state is not DiaryState.OFFERED:
            continue
        is_over_in_time = at + timedelta(days=diary.days) + _AFTER_LAST_DAY < begin
        if is_over_in_time and at > begin - _EARLIEST and Random(f"diary {diary.id}").random() < JOINING_SHARE:
            join_diary(tx, context, rules.quiet_hours, at)


def plan_messages(tx: Connection, rules: AskingRules, at: datetime) -> bool:
    """Plan the messages of diaries that are due, and end the diaries that are over; return whether one is planned."""
    due = diaries.list_due_ids(tx, at, MOST_MESSAGES)
    return bool(due) and plan_batch(tx, due, rules, at) > 0


def find_part_words(question: Question, context: ConversationContext, at: datetime) -> tuple[str, str]:
    """Return the names of what volunteers write now in the files of words: the question, and the part of the day."""
    return question.key, part_of(at.astimezone(context.zone).time())
