"""Rows of the export of changes: what a team plans, made and dropped, each with its verdict today.

They name no customer. Who looks after a change is what the team typed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.db.changes import changes
from bot.db.engine.database import Connection
from bot.usecases.maps.read_changes import ChangeJudge
from bot.usecases.maps.read_map import MapChoice
from cjm.cases.team_change import TeamChange, TeamChangeState
from cjm.figures.findings.change_news import JudgedChange
from cjm.figures.journey_map import Period
from cjm.journeys.journey import Journey


def list_change_rows(
    tx: Connection, journey: Journey, minimum: int, now: datetime, after: int
) -> list[Mapping[str, Any]]:
    """Return the changes of a journey with ids above ``after``, by id; verdicts are about everyone."""
    today = now.astimezone(journey.zone).date()
    kept = changes.list_by_journeys(tx, [journey.key])
    judge = ChangeJudge(tx, MapChoice(journey, Period(today, today), None, None, journey.languages[0]), minimum, kept)
    wanted = [each for each in changes.list_all(tx, journey.key) if each.id > after]
    return [_make_row(each, None if each.dropped_at else judge.judge(each, today), journey) for each in wanted]


def _make_row(change: TeamChange, judged: JudgedChange | None, journey: Journey) -> Mapping[str, Any]:
    place = journey.find_place(change.subject)
    row: dict[str, Any] = {
        "id": change.id,
        "number": change.id,
        "state": change.state.value,
        "stage": place.stage.key if place else None,
        # A place that the journey no longer has is named as the change names it.
        "touchpoint": change.subject if place is None or place.touchpoint is not None else None,
        "title": change.title,
        "owner": change.owner or None,
        "barrier_question": change.question,
        "barrier": change.option,
        "planned_at": change.planned_at,
        "due": change.due,
        "made_on": change.made_on,
        "dropped_at": change.dropped_at,
    }
    return row | _describe_verdict(judged if change.state is TeamChangeState.MADE else None)


def _describe_verdict(judged: JudgedChange | None) -> dict[str, Any]:
    """Return the verdict on a change that was made, and with it the points, their range and the days after it."""
    shown = judged.for_map if judged is not None and judged.place is not None else None
    window = judged.window if judged is not None and shown is not None else None
    figures: dict[str, Any] = {
        name: _round(getattr(shown, name)) if shown else None for name in ("points", "low", "high")
    }
    days = {"from": window.now.first if window else None, "to": window.now.last if window else None}
    return {"verdict": shown.verdict.value if shown else None} | figures | days


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
