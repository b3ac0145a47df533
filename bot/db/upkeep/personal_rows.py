"""Everything that is stored about one person, row by row, for the file that they may ask for.

Invariants:

* Each table that names people is read here, or stands in `LEFT_OUT`; a test compares both with the tables of the
  database. Why a table is left out stands in the file, in the person's language.
* Of answers to anonymous questions nothing is in the file, and of their invitations only that the person was asked;
  also where the journey was anonymous when they were asked, and is not now.
* No secret is in it: links come without their tokens. Staff are named as the person sees them, never by account.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select

from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.asking.tables import (
    answer_file_table,
    answer_table,
    decision_table,
    invitation_table,
    mute_table,
    prompt_table,
    response_table,
)
from bot.db.cases.tables import case_message_table, case_table, writer_mute_table
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.delivery.tables import inbox_table, letter_table, message_ref_table, view_table
from bot.db.delivery.views import ViewKind
from bot.db.diary.tables import diary_table
from bot.db.engine.database import Connection
from bot.db.imports.tables import imported_row_table, table_import_table
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people import consent_records
from bot.db.people.customers import Customer
from bot.db.people.tables import consent_record_table, customer_attribute_table, customer_table, link_table
from cjm.asking.invitation_state import InvitationState

PersonalRows = dict[str, list[dict[str, Any]]]
_Condition = Callable[[Customer], ColumnElement[bool] | None]
_INTERNAL = frozenset(  # numbers and marks of the program, and accounts of staff
    {
        "customer_id", "cohort_id", "import_row_id", "attributes_digest", "token_hash", "taken_by", "muted_by",
        "muted_name", "ended_by", "ended_name", "epoch", "priority", "attempts", "nps", "delay", "kept",
        "owner", "shown", "actor", "person", "seal_at", "bot", "salt", "run", "finished_run", "content", "quotes",
        "about", "told",
    }
)  # fmt: skip
_ASKED = ("journey", "survey", "stage", "subject", "day", "sent_at")
LEFT_OUT = (
    "quoted_message",
    "recall",
    "erasure",
    "closed_message",
    "left_message",
    "do_not_ask",
    "kept_mute",
    "audit_mention",
    "manager",
    "team",
    "campaign",
    "change",
    "saved_view",
    "map_preference",
)


@dataclass(frozen=True, slots=True)
class _Section:
    """Rows of one table in the file; without ``columns`` all but those of `_INTERNAL`."""

    table: Table
    condition: _Condition
    columns: tuple[str, ...] = ()


def _by_customer(table: Table) -> _Condition:
    return lambda person: table.c.customer_id == person.id


def _by_address(table: Table) -> _Condition:
    def condition(person: Customer) -> ColumnElement[bool] | None:
        if person.address is None:
            return None
        return and_(table.c.messenger == person.address.messenger, table.c.address == person.address.id)

    return condition


def _is_own_answer(person: Customer) -> ColumnElement[bool]:
    return answer_file_table.c.answer_id.in_(select(answer_table.c.id).where(answer_table.c.customer_id == person.id))


def _is_own_message(person: Customer) -> ColumnElement[bool]:
    return case_message_table.c.case_id.in_(select(case_table.c.id).where(case_table.c.customer_id == person.id))


def _is_own_consent(person: Customer) -> ColumnElement[bool]:
    """Return the condition for a person's records, with those from before they were forgotten and came back."""
    other = consent_record_table.alias()
    return consent_record_table.c.person.in_(select(other.c.person).where(other.c.customer_id == person.id))


def _is_own_draft(person: Customer) -> ColumnElement[bool] | None:
    if person.address is None:
        return None
    return and_(view_table.c.owner == str(person.address), view_table.c.kind == ViewKind.DRAFT)


def _is_own_update(person: Customer) -> ColumnElement[bool] | None:
    return None if person.address is None else inbox_table.c.chat == person.address.id


SECTIONS: Mapping[str, _Section] = {
    "profile": _Section(customer_table, lambda person: customer_table.c.id == person.id),
    "attributes": _Section(customer_attribute_table, _by_customer(customer_attribute_table)),
    "consents": _Section(
        consent_record_table,
        _is_own_consent,
        ("event", "way", "actor", "wording", "language", "at"),
    ),
    "links": _Section(link_table, _by_customer(link_table)),
    "visits": _Section(visit_table, _by_customer(visit_table)),
    "walks": _Section(stage_entry_table, _by_customer(stage_entry_table)),
    "decisions_about_asking": _Section(decision_table, _by_customer(decision_table)),
    "invitations": _Section(invitation_table, _by_customer(invitation_table)),
    "diaries": _Section(diary_table, _by_customer(diary_table)),
    "conversations": _Section(response_table, _by_customer(response_table)),
    "answers": _Section(answer_table, _by_customer(answer_table)),
    "files_of_answers": _Section(answer_file_table, _is_own_answer),
    "not_to_be_asked_about": _Section(mute_table, _by_customer(mute_table)),
    "cases": _Section(case_table, _by_customer(case_table)),
    "case_messages": _Section(case_message_table, _is_own_message),
    "muted_by_teams": _Section(writer_mute_table, _by_customer(writer_mute_table)),
    "unsent_drafts": _Section(view_table, _is_own_draft, ("at", "data")),
    "awaited_words": _Section(prompt_table, _by_address(prompt_table)),
    "letters_to_you": _Section(letter_table, _by_address(letter_table)),
    "our_messages": _Section(message_ref_table, _by_address(message_ref_table)),
    "received_updates": _Section(inbox_table, _is_own_update, ("received_at", "handled_at", "state", "payload")),
    "imported_rows": _Section(imported_row_table, _by_customer(imported_row_table), ("import_id", "line", "told")),
}


def list_personal_rows(tx: Connection, person: Customer, anonymous: Collection[str]) -> PersonalRows:
    """Return the rows about a person by section; ``anonymous`` are the keys of anonymous journeys."""
    found = {name: _read_section(tx, section, person) for name, section in SECTIONS.items()}
    _name_imports(tx, found["imported_rows"])
    _tell_wordings(tx, found["consents"])
    return _hide_anonymous(found, frozenset(anonymous), _list_asked_anonymously(tx, person))


def _list_asked_anonymously(tx: Connection, person: Customer) -> frozenset[int]:
    is_asked_so = invitation_table.c.seal_at.is_not(None) | (invitation_table.c.state == InvitationState.CLOSED)
    wanted = select(invitation_table.c.id).where(invitation_table.c.customer_id == person.id, is_asked_so)
    return frozenset(tx.scalars(wanted))


def _read_section(tx: Connection, section: _Section, person: Customer) -> list[dict[str, Any]]:
    condition = section.condition(person)
    if condition is None:
        return []
    table = section.table
    columns = [c for c in table.c if (c.name in section.columns if section.columns else c.name not in _INTERNAL)]
    rows = tx.execute(select(*columns).where(condition).order_by(*table.primary_key.columns))
    return [{name: _plain_value(value) for name, value in row._mapping.items()} for row in rows]


def _plain_value(value: Any) -> Any:
    """Return a value as JSON knows it: times in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _name_imports(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Put the name and the journey of the import in the place of its number."""
    ids = {row["import_id"] for row in rows}
    units = {unit.id: unit for unit in tx.execute(select(table_import_table).where(table_import_table.c.id.in_(ids)))}
    for row in rows:
        unit = units[row.pop("import_id")]
        row |= {"import": unit.name, "journey": unit.journey, "imported_at": unit.first_at.isoformat()}


def _tell_wordings(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Put the text that the person read beside its version."""
    known = consent_records.find_wordings(tx, {row["wording"] for row in rows if row["wording"] is not None})
    for row in rows:
        wording = known.get(row["wording"])
        row["text"] = wording.text if wording is not None else None


def _hide_anonymous(found: PersonalRows, anonymous: frozenset[str], asked_so: frozenset[int]) -> PersonalRows:
    """Leave of anonymous journeys that the person was asked, and nothing that tells whether or what they answered.

    ``asked_so``: the invitations that were sent as anonymous ones.
    """
    hidden = {row["id"] for row in found["invitations"] if row["journey"] in anonymous} | asked_so
    asked = [
        {name: row[name] for name in _ASKED} | {"anonymous": True} if row["id"] in hidden else row
        for row in found["invitations"]
    ]
    told = {row["id"] for row in found["conversations"] if row["invitation_id"] in hidden}
    answered = {row["id"] for row in found["answers"] if row["journey"] in anonymous or row.get("response_id") in told}
    # The file outlives the open question: a reminder or the mark of a comment in it would tell what was done.
    marks = {SubjectKind.RESPONSE: told, SubjectKind.COMMENT: answered, SubjectKind.JOINED_COMMENT: answered}
    return found | {
        "invitations": asked,
        "conversations": [row for row in found["conversations"] if row["id"] not in told],
        "answers": [row for row in found["answers"] if row["id"] not in answered],
        "files_of_answers": [row for row in found["files_of_answers"] if row["answer_id"] not in answered],
        "letters_to_you": [row for row in found["letters_to_you"] if row["data"].get("invitation") not in hidden],
        "our_messages": [row for row in found["our_messages"] if row["ref"] not in marks.get(row["kind"], ())],
        "awaited_words": [
            row for row in found["awaited_words"] if row["kind"] != AwaitedTextKind.COMMENT or row["ref"] not in hidden
        ],
    }
