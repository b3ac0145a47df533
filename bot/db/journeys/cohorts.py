"""Cohorts: the combinations of a journey's declared attributes that occurred. All counters name one."""

import json
from collections.abc import Iterable, Mapping, Set

from sqlalchemy import bindparam, insert, select

from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.journeys.tables import cohort_table
from cjm.journeys.journey import Cohort, Journey

_ATTRIBUTES = select(cohort_table.c.attributes).where(cohort_table.c.id == bindparam("cohort_id"))
_KNOWN = PreparedStatement(
    select(cohort_table.c.id, cohort_table.c.attributes).where(cohort_table.c.journey == bindparam("journey"))
)


def canonical_form(cohort: Cohort) -> str:
    """Return a cohort as JSON with sorted keys: equal cohorts have equal text."""
    return json.dumps(dict(cohort), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def ensure_ids(tx: Connection, journey: Journey, attributes: Iterable[Mapping[str, object]]) -> list[int]:
    """Return the ids of the cohorts of customers with these attributes, in their order."""
    keys = [attribute.key for attribute in journey.attributes]
    # Many have the same attributes, and making a cohort of them costs more than comparing them.
    values = [tuple(str(known.get(key, "")) for key in keys) for known in attributes]
    found = {one: canonical_form(journey.cohort(dict(zip(keys, one, strict=True)))) for one in set(values)}
    ids = _ensure_forms(tx, journey.key, set(found.values()))
    return [ids[found[one]] for one in values]


def ensure_cohorts(tx: Connection, journey: str, cohorts: Iterable[Cohort]) -> dict[str, int]:
    """Return the ids of cohorts by their canonical form; a cohort that is new gets a row."""
    return _ensure_forms(tx, journey, {canonical_form(c) for c in cohorts})


def _ensure_forms(tx: Connection, journey: str, wanted: Set[str]) -> dict[str, int]:
    known = _list_ids(tx, journey)
    new = sorted(wanted - known.keys())
    if new:
        tx.execute(insert(cohort_table), [{"journey": journey, "attributes": attributes} for attributes in new])
        known = _list_ids(tx, journey)
    return {attributes: known[attributes] for attributes in wanted}


def ensure_unknown_cohort(tx: Connection, journey: Journey) -> int:
    """Return the id of the cohort of people about whom nothing is known: every declared attribute is empty."""
    unknown = journey.cohort({})
    return ensure_cohorts(tx, journey.key, [unknown])[canonical_form(unknown)]


def _list_ids(tx: Connection, journey: str) -> dict[str, int]:
    return {row.attributes: row.id for row in _KNOWN.list_rows(tx, {"journey": journey})}


def find_by_id(tx: Connection, cohort_id: int) -> Cohort:
    """Return a cohort; it must exist."""
    cohort: Cohort = json.loads(tx.execute(_ATTRIBUTES, {"cohort_id": cohort_id}).scalar_one())
    return cohort


def list_segments(tx: Connection, journey: Journey) -> dict[int, frozenset[str]]:
    """Return the keys of all segments that each cohort of a journey belongs to, by the cohort's id."""
    return {
        number: frozenset(segment.key for segment in journey.segments if segment.includes(cohort))
        for number, cohort in list_by_journey(tx, journey.key).items()
    }


def list_by_journey(tx: Connection, journey: str) -> dict[int, Mapping[str, str]]:
    """Return the attributes of every cohort of a journey, by id."""
    return {number: json.loads(attributes) for attributes, number in _list_ids(tx, journey).items()}
