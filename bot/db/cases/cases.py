"""Cases and what was said in them, together with the counter of complaints they move."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, or_, select, update

from bot.db.delivery import message_refs
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection
from bot.db.engine.tables import case_message_table, case_table
from bot.db.figures import tallies
from bot.db.figures.row_selection import EVERYTHING, RowSelection
from cjm.address import Address
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseOrigin, CaseState, CaseText
from cjm.figures.tally import COMPLAINTS, Counter, CounterSums, Move, taken_back

CARD, TALK, OWN = "case_card", "case", "my_case"
"""Kinds of `message_ref`: a card, another message about a case in the team's chat, one in the customer's own chat."""


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """Something said in a case, by the customer or by one of the team (``author_name``)."""

    id: int
    case: int
    author: CaseAuthor
    author_name: str | None
    said: CaseText
    at: datetime


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case before it has its number. A praise is closed from the start: there is nothing to do about it."""

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


def _case(r: Row[Any]) -> Case:
    columns = dict(r._mapping)
    return Case(
        number=columns.pop("id"),
        kind=CaseKind(columns.pop("kind")),
        origin=CaseOrigin(columns.pop("origin")),
        state=CaseState(columns.pop("state")),
        **columns,
    )


def add(tx: Connection, new: NewCase) -> Case:
    """Open a case and count it."""
    closed = new.opened_at if new.kind is CaseKind.PRAISE else None
    state = CaseState.CLOSED if closed else CaseState.OPEN
    made = tx.execute(
        insert(case_table).values(**asdict(new), state=state, closed_at=closed).returning(case_table)
    ).one()
    case = _case(made)
    tallies.move(tx, contribution(case))
    return case


def get(tx: Connection, number: int) -> Case | None:
    found = tx.execute(select(case_table).where(case_table.c.id == number)).first()
    return _case(found) if found else None


def get_to_change(tx: Connection, number: int) -> Case | None:
    """The same, and whoever else wants to change it waits until this transaction is over."""
    found = tx.execute(select(case_table).where(case_table.c.id == number).with_for_update()).first()
    return _case(found) if found else None


def by_response(tx: Connection, response_id: int) -> Case | None:
    found = tx.execute(select(case_table).where(case_table.c.response_id == response_id)).first()
    return _case(found) if found else None


def save(tx: Connection, before: Case, after: Case) -> Case:
    """Keep a case's next state; a complaint that is now about something else is counted there."""
    if after != before:
        values = asdict(after)
        values.pop("number")
        tx.execute(update(case_table).where(case_table.c.id == after.number).values(**values))
        tallies.move(tx, [*taken_back(contribution(before)), *contribution(after)])
    return after


def contribution(case: Case) -> list[Move]:
    """What a case counts for: a complaint about a known place of a journey, once."""
    if case.kind is not CaseKind.COMPLAINT or not case.journey or not case.subject or case.cohort_id is None:
        return []
    counter = Counter(case.journey, case.day, case.subject, COMPLAINTS, "", case.cohort_id, case.channel)
    return [(counter, CounterSums())]


def contributions(tx: Connection, journey: str, share: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's complaints contribute, counted from the rows; of old ones those that are over."""
    which = (case_table.c.journey == journey) & (case_table.c.kind == CaseKind.COMPLAINT) & share.of(case_table)
    if share.before is not None:
        which &= case_table.c.state == CaseState.CLOSED
    return [move for r in tx.execute(select(case_table).where(which)) for move in contribution(_case(r))]


def deem_handed_over(tx: Connection, team: str) -> None:
    """Put every case down as handed to ``team``: in a past that is only simulated."""
    tx.execute(update(case_table).where(case_table.c.team.is_(None)).values(team=team))


def hand_over_again(tx: Connection) -> None:
    """What nobody has closed yet waits to be handed over once more."""
    tx.execute(update(case_table).where(case_table.c.state != CaseState.CLOSED).values(team=None))


# ---- what was said ---------------------------------------------------------------------------------------------------


def add_message(
    tx: Connection, number: int, author: CaseAuthor, said: CaseText, now: datetime, name: str | None = None
) -> int:
    values = {"case_id": number, "author": author, "author_name": name, "at": now, **asdict(said)}
    made: int = tx.execute(insert(case_message_table).values(**values).returning(case_message_table.c.id)).scalar_one()
    return made


def messages(tx: Connection, number: int, upto: int | None = None) -> list[CaseMessage]:
    """What was said in a case, in order; with ``upto`` only until that message."""
    wanted = select(case_message_table).where(case_message_table.c.case_id == number).order_by(case_message_table.c.id)
    if upto is not None:
        wanted = wanted.where(case_message_table.c.id <= upto)
    return [_message(r) for r in tx.execute(wanted)]


def get_message(tx: Connection, message_id: int) -> CaseMessage | None:
    found = tx.execute(select(case_message_table).where(case_message_table.c.id == message_id)).first()
    return _message(found) if found else None


def _message(r: Row[Any]) -> CaseMessage:
    said = CaseText(r.kind, r.text or "", r.file_id)
    return CaseMessage(r.id, r.case_id, CaseAuthor(r.author), r.author_name, said, r.at)


def cards(tx: Connection, number: int) -> list[tuple[Address, str]]:
    """Where a case's cards stand, the oldest first: to show each as things are now."""
    return message_refs.messages(tx, MessageSubject(CARD, number))


def in_chats(tx: Connection, number: int) -> list[tuple[Address, str]]:
    """Every message about a case in the chats of those who look after it."""
    return [*cards(tx, number), *message_refs.messages(tx, MessageSubject(TALK, number))]


# ---- lists and counts ------------------------------------------------------------------------------------------------


def of_customer(tx: Connection, customer_id: int, most: int, skip: int = 0) -> list[Case]:
    """A person's cases, the latest first."""
    wanted = select(case_table).where(case_table.c.customer_id == customer_id).order_by(case_table.c.id.desc())
    return [_case(r) for r in tx.execute(wanted.limit(most).offset(skip))]


def latest_open(tx: Connection, customer_id: int) -> Case | None:
    """A person's latest case that is not over."""
    mine = (case_table.c.customer_id == customer_id) & (case_table.c.state != CaseState.CLOSED)
    found = tx.execute(select(case_table).where(mine).order_by(case_table.c.id.desc()).limit(1)).first()
    return _case(found) if found else None


def unfinished(tx: Connection, scope: Collection[str] | None, most: int, skip: int = 0) -> list[Case]:
    """Cases that are not over, the oldest first; ``scope`` are the journeys wanted, None for all."""
    wanted = (
        _scoped(select(case_table), scope)
        .where(case_table.c.state != CaseState.CLOSED)
        .order_by(case_table.c.opened_at, case_table.c.id)
    )
    return [_case(r) for r in tx.execute(wanted.limit(most).offset(skip))]


def counts(tx: Connection, scope: Collection[str] | None) -> dict[CaseState, int]:
    """How many unfinished cases are in each state."""
    wanted = _scoped(select(case_table.c.state, func.count()), scope).where(case_table.c.state != CaseState.CLOSED)
    return {CaseState(r[0]): r[1] for r in tx.execute(wanted.group_by(case_table.c.state))}


def _scoped(wanted: Select[Any], scope: Collection[str] | None) -> Select[Any]:
    """Cases that belong to no journey are everybody's."""
    return (
        wanted if scope is None else wanted.where(or_(case_table.c.journey.in_(scope), case_table.c.journey.is_(None)))
    )


def not_handed_over(tx: Connection, most: int) -> list[Case]:
    """Cases nobody was told of, and unfinished ones that only managers know, the oldest first."""
    only_managers = (case_table.c.team == "") & (case_table.c.state != CaseState.CLOSED)
    wanted = (
        select(case_table).where(or_(case_table.c.team.is_(None), only_managers)).order_by(case_table.c.id).limit(most)
    )
    return [_case(r) for r in tx.execute(wanted)]
