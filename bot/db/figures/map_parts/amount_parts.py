"""Worth of walks in segments and channels: which of it may be told beside that of all others.

Sums of amounts can be subtracted from each other, so a part's is withheld where, together with those of the other parts
and of everyone, it would tell what fewer walks than the minimum are worth. Each walk counts for itself.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select

from bot.db.counters.window_counters import select_parts
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, scope_params
from bot.db.journeys import cohorts
from cjm.figures.part_disclosure import Atom, PlaceParts, has_small_atoms
from cjm.figures.tally import AMOUNT
from cjm.figures.walks.stage_flow import StageFlow
from cjm.journeys.journey import Segment


def withhold_amounts(
    tx: Connection, scope: MapScope, segment: Segment | None, flow: Mapping[str, StageFlow], minimum: int
) -> Mapping[str, StageFlow]:
    """Return the flow of the stages in a scope, which has ``segment``, without amounts that would tell of a few."""
    if not scope.is_narrow or not any(each.amount for each in flow.values()):
        return flow
    name = segment.key if segment else None
    hidden = {
        stage
        for stage, walks in _count_walks(tx, scope).items()
        if has_small_atoms(walks.values(), 1, minimum) and not _make_parts(walks).is_shown(name, scope.channel, minimum)
    }
    return {stage: replace(each, amount=None) if stage in hidden else each for stage, each in flow.items()}


def _make_parts(walks: Mapping[Atom, int]) -> PlaceParts:
    people = {frozenset([atom]): n for atom, n in walks.items()}
    return PlaceParts(walks, settled={}, people=people, days=1)


def _count_walks(tx: Connection, scope: MapScope) -> Mapping[str, Mapping[Atom, int]]:
    """Return the walks of everyone that told an amount, by stage and atom."""
    parts = select_parts(is_flow=True)
    key = (parts.c.subject, parts.c.cohort_id, parts.c.channel)
    sums = select(*key, func.sum(parts.c.n).label("n")).where(parts.c.measure == AMOUNT).group_by(*key)
    segments = cohorts.list_segments(tx, scope.journey)
    walks: defaultdict[str, Counter[Atom]] = defaultdict(Counter)
    for row in tx.execute(sums, scope_params(scope)):
        atom = Atom(segments[row.cohort_id], row.channel)
        walks[scope.journey.current_key(row.subject)][atom] += int(row.n)
    return {stage: +counted for stage, counted in walks.items()}
