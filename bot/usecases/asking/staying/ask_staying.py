"""Ask those who do not go on: who stands on a stage longer than most, and whose walk ended there. A rare tick calls it.

Invariants:

* How long most stay is read once for all stages of a journey, from its counters.
* Each batch of people is one write transaction, in which their visits are looked at again.
* A walk is decided about once for the surveys of a stage, also if nothing was asked.
* What was missed for longer than `LOOK_BACK` is not made up for: the moment to ask is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.asking import decisions
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection, Database
from bot.db.figures.flow_reads import read_flow
from bot.db.figures.map_sums import MapScope, list_keys
from bot.db.journeys import journeys, stage_entries, stopped_people, visits
from bot.db.journeys.journeys import JourneyVersion
from bot.db.people import customers
from bot.usecases.asking.asking_decisions import Candidate, decide_candidates
from cjm.asking.decision import AskingRules
from cjm.asking.triggers import StayingBehind, find_dwells, find_exits
from cjm.journeys.journey import Journey
from cjm.journeys.survey import STAY_BEHIND, Survey, TriggerKind

LOOK_BACK = timedelta(days=2)
_MARGIN = timedelta(hours=6)  # how long most stay moves a little from tick to tick
_FLOW_DAYS = 180
_FEWEST_WALKS = 5  # `slow_time` needs more


@dataclass(frozen=True, slots=True)
class _Search:
    """People at one stage of a journey who may stay behind; ``longest`` is how long most stay, None for an exit."""

    journey: str
    kind: TriggerKind
    stage: str
    longest: timedelta | None
    people: Sequence[int]


class AskStaying:
    """``await ask_staying() -> number of visits decided about``. Two ticks at the same time ask nobody twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules
        self._looked_at: datetime | None = None

    async def __call__(self) -> int:
        now = self._clock.now()
        since = now - LOOK_BACK
        if self._looked_at is not None and self._looked_at <= now:
            since = max(since, self._looked_at - _MARGIN)
        searches = await self._db.read(lambda tx: _list_searches(tx, since, now))
        decided = 0
        for search in searches:
            for people in split_into_chunks(search.people):
                decided += await self._db.write(
                    lambda tx: _decide_batch(tx, search, people, since, self._rules, now)  # noqa: B023 - awaited before they change
                )
        self._looked_at = now
        return decided


# ---- whom to look at -------------------------------------------------------------------------------------------------


def _list_searches(tx: Connection, since: datetime, now: datetime) -> list[_Search]:
    searches = []
    for key, version in journeys.list_asking_versions(tx).items():
        journey = version.journey
        wanted = {_find_trigger(journey, survey) for survey in journey.surveys if survey.on.kind in STAY_BEHIND}
        longest = _read_longest(tx, journey, now) if any(kind is TriggerKind.DWELL for kind, _ in wanted) else {}
        for kind, stage in sorted(wanted):
            if kind is TriggerKind.EXIT:
                silent = stopped_people.list_silent(tx, key, since - journey.window, now - journey.window)
                searches.append(_Search(key, kind, stage, None, silent))
            elif stage in longest:
                first, last = since - longest[stage], now - longest[stage]
                waiting = stopped_people.list_waiting(tx, key, list_keys(journey, stage), first, last)
                searches.append(_Search(key, kind, stage, longest[stage], waiting))
    return searches


def _read_longest(tx: Connection, journey: Journey, now: datetime) -> dict[str, timedelta]:
    """Return how long most stay on each stage; none where too little is known."""
    today = now.astimezone(journey.zone).date()
    scope = MapScope(journey, today - timedelta(days=_FLOW_DAYS), today)
    flow = read_flow(tx, scope, now, _FEWEST_WALKS)
    return {key: timedelta(seconds=each.slow_s) for key, each in flow.items() if each.slow_s is not None}


def _find_trigger(journey: Journey, survey: Survey) -> tuple[TriggerKind, str]:
    """Return the kind of a survey's trigger, and the present key of its place."""
    return survey.on.kind, journey.current_key(survey.on.subject)


# ---- one batch -------------------------------------------------------------------------------------------------------


def _decide_batch(
    tx: Connection, search: _Search, people: Sequence[int], since: datetime, rules: AskingRules, now: datetime
) -> int:
    customers.lock_by_ids(tx, people)  # an event of theirs that comes meanwhile may show that they went on
    version = journeys.list_asking_versions(tx).get(search.journey)
    if version is None or search.stage not in version.journey.stages_by_key:
        return 0
    found = _find_staying(tx, version.journey, search, people, since, now)
    candidates = _list_candidates(tx, version, search, found)
    decide_candidates(tx, candidates, rules, now)
    return len(candidates)


def _find_staying(
    tx: Connection, journey: Journey, search: _Search, people: Sequence[int], since: datetime, now: datetime
) -> list[StayingBehind]:
    """Return the walks of these people that are to be decided about now."""
    keys = [s.key for s in journey.surveys if _find_trigger(journey, s) == (search.kind, search.stage)]
    asked = decisions.list_decided_events(tx, people, keys)
    found: list[StayingBehind] = []
    for steps in stage_entries.list_steps(tx, journey, people).values():
        found += (
            find_exits(steps, search.stage, journey.window, now)
            if search.longest is None
            else find_dwells(steps, search.stage, journey.window, search.longest, now)
        )
    return [each for each in found if each.at >= since and not each.events & asked]


def _list_candidates(
    tx: Connection, version: JourneyVersion, search: _Search, found: Sequence[StayingBehind]
) -> list[Candidate]:
    entered: Mapping[str, visits.Visit] = visits.list_by_event_ids(tx, [each.event_id for each in found])
    return [
        Candidate(entered[each.event_id], version, search.kind, search.stage, trigger_at=each.at)
        for each in found
        if each.event_id in entered
    ]
