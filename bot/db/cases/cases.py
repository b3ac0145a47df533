"""Cases and the messages in them, together with the counter of complaints that they move."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, or_, select, update
from sqlalchemy import case as sql_case

from bot.db.cases.tables import case_message_table, case_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from cjm.address import Address
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseOrigin, CaseState, CaseText
from cjm.figures.day.parts import PartOfDay
from cjm.figures.tally import COMPLAINTS, CounterKey, CounterSums, Move, reverse_moves


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """Message in a case, by the customer or by somebody of the team, then with ``author_name``.

    ``kept``: no letter has told the team of it, because its writer sends much or is muted.
    """

    id: int
    case_number: int
    author: CaseAuthor
    author_name: str | None
    text: CaseText
    at: datetime
    kept: bool = False


@dataclass(frozen=True, slots=True)
class NewCase:
    """Case before it has its number. Praise is closed from the start: there is nothing to do about it.

    ``team`` says who has it: None while nobody has, "" for the managers.
    """

    customer_id: int
    kind: CaseKind
    origin: CaseOrigin
    day: date
    channel: str
    opened_at: datetime
    response_id: int | None = None
    journey: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    cohort_id: int | None = None
    part: PartOfDay | None = None
    team: str | None = None


_case_from_row = row_reader(Case, case_table, number="id")
_case_columns = row_writer(NewCase)
_INSERT = insert(case_table).returning(case_table)
_ONLY_MANAGERS = (case_table.c.team == "") & (case_table.c.state != CaseState.CLOSED)
_NOT_HANDED_OVER = (
    select(case_table)
    .where(or_(case_table.c.team.is_(None), _ONLY_MANAGERS))
    .order_by(case_table.c.id)
    .limit(bindparam("most"))
)  # built once: a tick runs it
_INSERT_MESSAGES = insert(case_message_table).returning(case_message_table, sort_by_parameter_order=True)


def insert_case(tx: Connection, new: NewCase) -> Case:
    """Open a case and count it; return it with its number."""
    closed = new.opened_at if new.kind is CaseKind.PRAISE else None
    state = CaseState.CLOSED if closed else CaseState.OPEN
    columns = _case_columns(new) | {"state": state, "closed_at": closed}
    case = _case_from_row(tx.execute(_INSERT, columns).one())
    tallies.add_moves(tx, case_moves(case))
    return case


def find_by_number(tx: Connection, number: int) -> Case | None:
    row = tx.execute(select(case_table).where(case_table.c.id == number)).first()
    return _case_from_row(row) if row else None


def find_for_update(tx: Connection, number: int) -> Case | None:
    """Return the case with this number, and let others who want to change it wait until this transaction ends."""
    row = tx.execute(select(case_table).where(case_table.c.id == number).with_for_update()).first()
    return _case_from_row(row) if row else None


def find_by_response(tx: Connection, response_id: int) -> Case | None:
    row = tx.execute(select(case_table).where(case_table.c.response_id == response_id)).first()
    return _case_from_row(row) if row else None


def save(tx: Connection, before: Case, after: Case) -> Case:
    """Store the next state of a case; a complaint that is about another place now is counted there."""
    if after != before:
        values = asdict(after)
        values.pop("number")
        tx.execute(update(case_table).where(case_table.c.id == after.number).values(**values))
        tallies.add_moves(tx, [*reverse_moves(case_moves(before)), *case_moves(after)])
    return after


def case_moves(case: Case) -> list[Move]:
    """Return what a case counts for: a complaint about a known place of a journey counts once."""
    if case.kind is not CaseKind.COMPLAINT or not case.journey or not case.subject or case.cohort_id is None:
        return []
    counter = CounterKey(
        case.journey, case.day, case.subject, COMPLAINTS, case.part or "", case.cohort_id, case.channel
    )
    return [(counter, CounterSums())]


def list_contributions(tx: Connection, journey: str, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what a journey's complaints contribute to the counters, counted from the rows.

    Of the rows before a day only closed cases count: the others are kept when old rows are deleted.
    """
    is_meant = (case_table.c.kind == CaseKind.COMPLAINT) & selection.condition(case_table, journey)
    if selection.before is not None:
        is_meant &= case_table.c.state == CaseState.CLOSED
    return [move for row in tx.execute(select(case_table).where(is_meant)) for move in case_moves(_case_from_row(row))]


def mark_handed_over(tx: Connection, team: str) -> None:
    """Record cases that wait to be handed over as handed over to ``team``, without a card: for a simulated past."""
    tx.execute(update(case_table).where(case_table.c.team.is_(None)).values(team=team))


def mark_not_handed_over(tx: Connection) -> None:
    """Let every unfinished case wait to be handed over once more."""
    tx.execute(update(case_table).where(case_table.c.state != CaseState.CLOSED).values(team=None))


# ---- messages --------------------------------------------------------------------------------------------------------


def insert_message(
    tx: Connection,
    number: int,
    author: CaseAuthor,
    text: CaseText,
    now: datetime,
    name: str | None = None,
    *,
    is_kept: bool = False,
) -> int:
    """Store a message of a case and return its id; ``is_kept``: the team gets no letter about it."""
    (made,) = insert_messages(tx, number, author, [(text, now)], name)
    if is_kept:
        mark_kept(tx, [made.id], is_kept=True)
    return made.id


def insert_messages(
    tx: Connection, number: int, author: CaseAuthor, texts: Sequence[tuple[CaseText, datetime]], name: str | None = None
) -> list[CaseMessage]:
    """Store texts with their times as messages of a case; return them with their ids, in the same order."""
    common = {"case_id": number, "author": author, "author_name": name}
    rows = [common | {"at": at} | asdict(text) for text, at in texts]
    return [_message_from_row(row) for row in tx.execute(_INSERT_MESSAGES, rows)] if rows else []


def mark_kept(tx: Connection, message_ids: Sequence[int], *, is_kept: bool) -> None:
    """Record of messages that the team gets no letter about them, or that it has got one."""
    if message_ids:
        meant = update(case_message_table).where(case_message_table.c.id.in_(message_ids))
        tx.execute(meant.values(kept=is_kept))


def list_untold(tx: Connection, customer_id: int, journey: str | None, since: datetime) -> list[Case]:
    """Return a person's cases of a journey (None: of none) that were opened since then, or that keep messages."""
    has_kept = select(case_message_table.c.id).where(
        case_message_table.c.case_id == case_table.c.id, case_message_table.c.kept.is_(True)
    )
    is_untold = or_(case_table.c.opened_at >= since, has_kept.exists())
    wanted = select(case_table).where(is_about(customer_id, journey), is_untold).order_by(case_table.c.id)
    return [_case_from_row(row) for row in tx.execute(wanted)]


def list_about(tx: Connection, customer_id: int, journey: str | None) -> list[Case]:
    """Return a person's cases of a journey (None: of none)."""
    wanted = select(case_table).where(is_about(customer_id, journey))
    return [_case_from_row(row) for row in tx.execute(wanted)]


def is_about(customer_id: int, journey: str | None) -> ColumnElement[bool]:
    """Return the condition of a person's cases of a journey (None: of none)."""
    is_of_journey = case_table.c.journey.is_(None) if journey is None else case_table.c.journey == journey
    return (case_table.c.customer_id == customer_id) & is_of_journey


def find_latest_about(tx: Connection, customer_id: int, journey: str | None) -> Case | None:
    """Return a person's latest open case of a journey (None: of none), else their latest closed one."""
    is_closed = sql_case((case_table.c.state == CaseState.CLOSED, 1), else_=0)
    wanted = select(case_table).where(is_about(customer_id, journey)).order_by(is_closed, case_table.c.id.desc())
    row = tx.execute(wanted.limit(1)).first()
    return _case_from_row(row) if row else None


def list_messages(tx: Connection, number: int, until_message: int | None = None) -> list[CaseMessage]:
    """Return the messages of a case in order; with ``until_message``, none after the message with that id."""
    wanted = select(case_message_table).where(case_message_table.c.case_id == number).order_by(case_message_table.c.id)
    if until_message is not None:
        wanted = wanted.where(case_message_table.c.id <= until_message)
    return [_message_from_row(row) for row in tx.execute(wanted)]


def find_message(tx: Connection, message_id: int) -> CaseMessage | None:
    row = tx.execute(select(case_message_table).where(case_message_table.c.id == message_id)).first()
    return _message_from_row(row) if row else None


_message_from_row = row_reader(
    CaseMessage,
    case_message_table,
    case_number="case_id",
    text=lambda row: CaseText(row.kind, row.text or "", row.file_id, row.own_names),
)


def list_cards(tx: Connection, number: int) -> list[tuple[Address, str]]:
    """Return a case's cards as (chat, message id), the last sent or tapped at the end."""
    return message_subjects.list_messages(tx, MessageSubject(SubjectKind.CARD, number))


def list_team_messages(tx: Connection, number: int) -> list[tuple[Address, str]]:
    """Return our known messages about a case in team chats and with managers, as (chat, message id)."""
    return [
        *list_cards(tx, number),
        *message_subjects.list_messages(tx, MessageSubject(SubjectKind.TEAM_MESSAGE, number)),
    ]


# ---- lists and counts ------------------------------------------------------------------------------------------------


def list_by_customer(tx: Connection, customer_id: int, limit: int | None, skip: int = 0) -> list[Case]:
    """Return a person's cases, the latest first; all of them without a ``limit``."""
    wanted = select(case_table).where(case_table.c.customer_id == customer_id).order_by(case_table.c.id.desc())
    return [_case_from_row(row) for row in tx.execute(wanted.limit(limit).offset(skip))]


def count_by_customer(tx: Connection, customer_id: int) -> int:
    return tx.scalar(select(func.count()).select_from(case_table).where(case_table.c.customer_id == customer_id)) or 0


def find_latest_open(tx: Connection, customer_id: int) -> Case | None:
    """Return a person's latest case that is not closed."""
    mine = (case_table.c.customer_id == customer_id) & (case_table.c.state != CaseState.CLOSED)
    row = tx.execute(select(case_table).where(mine).order_by(case_table.c.id.desc()).limit(1)).first()
    return _case_from_row(row) if row else None


@dataclass(frozen=True, slots=True)
class CaseSelection:
    """Cases of these journeys or of none (None: all cases); with ``places``, only about these stages or touchpoints.

    ``places`` are keys of one journey, present and former ones.
    """

    journeys: Collection[str] | None
    places: Collection[str] | None = None

    def restrict(self, wanted: Select[Any]) -> Select[Any]:
        """Restrict a query to the cases. One without a journey belongs to all: somebody has to look at it."""
        if self.journeys is not None:
            is_ours = case_table.c.journey.in_(self.journeys)
            # Whoever asks about a place asks about its journey.
            wanted = wanted.where(is_ours if self.places is not None else or_(is_ours, case_table.c.journey.is_(None)))
        if self.places is not None:
            wanted = wanted.where(or_(case_table.c.stage.in_(self.places), case_table.c.touchpoint.in_(self.places)))
        return wanted


def list_unfinished(tx: Connection, selection: CaseSelection, limit: int, skip: int = 0) -> list[Case]:
    """Return cases that are not closed, the oldest first."""
    wanted = (
        selection.restrict(select(case_table))
        .where(case_table.c.state != CaseState.CLOSED)
        .order_by(case_table.c.opened_at, case_table.c.id)
    )
    return [_case_from_row(row) for row in tx.execute(wanted.limit(limit).offset(skip))]


def count_by_state(tx: Connection, selection: CaseSelection) -> dict[CaseState, int]:
    """Return how many cases are in each state but closed."""
    counts = select(case_table.c.state, func.count().label("cases"))
    wanted = selection.restrict(counts).where(case_table.c.state != CaseState.CLOSED)
    return {row.state: row.cases for row in tx.execute(wanted.group_by(case_table.c.state))}


def list_not_handed_over(tx: Connection, limit: int) -> list[Case]:
    """Return cases that were not handed over yet, and unfinished ones that only managers have, the oldest first."""
    return [_case_from_row(row) for row in tx.execute(_NOT_HANDED_OVER, {"most": limit})]
