"""Cohorts: each combination of a journey's declared attributes that was met."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, insert, select

from bot.db.engine.database import Connection
from bot.db.engine.tables import cohort_table
from cjm.journeys.journey import Cohort

_KNOWN = select(cohort_table.c.id, cohort_table.c.attributes).where(cohort_table.c.journey == bindparam("journey"))


def written(cohort: Cohort) -> str:
    """A cohort's canonical form."""
    return json.dumps(dict(cohort), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def ensure(tx: Connection, journey: str, cohorts: Iterable[Cohort]) -> dict[str, int]:
    """The ids of cohorts by their canonical form; new ones are made."""
    wanted = {written(c) for c in cohorts}
    known = _known(tx, journey)
    new = sorted(wanted - known.keys())
    if new:
        tx.execute(insert(cohort_table), [{"journey": journey, "attributes": attributes} for attributes in new])
        known = _known(tx, journey)
    return {attributes: known[attributes] for attributes in wanted}


def _known(tx: Connection, journey: str) -> dict[str, int]:
    return {r.attributes: r.id for r in tx.execute(_KNOWN, {"journey": journey})}


def of_journey(tx: Connection, journey: str) -> dict[int, Mapping[str, str]]:
    """Every cohort of a journey, by id."""
    return {number: json.loads(attributes) for attributes, number in _known(tx, journey).items()}
