"""Random lives: every figure of a map equals what an independent code computes from the raw rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import record_events
from bot.usecases.maps.make_map import MapRequest, make_map
from bot.usecases.upkeep.retire_rows import retire_until
from cjm.asking.decision import AskingReason, AskingRules
from cjm.asking.invitation_state import OPEN_STATES
from cjm.asking.quiet_hours import QuietHours
from cjm.figures.journey_map import JourneyMap, MapKind, StageFigures
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.figures.people import CountBasis
from cjm.figures.score import Score, Verdict
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from cjm.scales import Scale
from tests.depth import choose_depth
from tests.usecases.asking.test_random_lives import BEGIN, Life
from tests.usecases.maps.raw_day import check_day
from tests.usecases.maps.raw_facts import check_facts
from tests.usecases.maps.raw_figures import (
    RawRows,
    RawScope,
    RawScore,
    count_people,
    find_entries,
    flow,
    read_rows,
    score,
)

RULES = AskingRules(
    any_survey=timedelta(hours=1), same_touchpoint=timedelta(), quiet_hours=QuietHours.parse("02:00-04:00")
)
REMIND = timedelta(hours=48)
MINIMUM = 2  # few people, so that many figures are shown
JOURNEY = """
key = "j"
title = "J"
timezone = "Europe/Warsaw"
window_days = 3
judge_from = 3
measures = [{ key = "wait", title = "Waiting", unit = "min" }]
attributes = [{ key = "class", title = "C" }]
segments = [
  { key = "gold", title = "Gold", where = { class = ["gold"] } },
  { key = "metal", title = "Metal", where = { class = ["gold", "silver"] } },
]

[[stages]]
key = "s0"
title = "S"
touchpoints = [{ key = "t00", title = "T", channel = "site" }, { key = "t01", title = "T", support = true }]

[[stages]]
key = "s1"
title = "S"
touchpoints = [{ key = "t10", title = "T", channel = "phone" }]

[[stages]]
key = "s2"
title = "S"
touchpoints = [{ key = "t20", title = "T" }, { key = "t21", title = "T" }]
"""
SURVEY = """
[[surveys]]
key = "v{n}"
on = {{ {on} }}
[[surveys.questions]]
key = "q{n}"
kind = "{kind}"
text = "How?"
[[surveys.questions]]
key = "c{n}"
kind = "choice"
text = "Why?"
options = [{{ key = "a", title = "A{n}" }}, {{ key = "b", title = "B{n}" }}]
when = {{ of = "q{n}" }}
"""
SURVEYS = (
    ('touchpoint = "t00"', "csat"), ('touchpoint = "t10"', "nps"), ('touchpoint = "t20"', "csat"),
    ('touchpoint = "t21"', "ces"), ('enter = "s1"', "csat"), ('leave = "s0"', "emotion"),
)  # fmt: skip
SOURCE = JOURNEY + "".join(SURVEY.format(n=n, on=on, kind=kind) for n, (on, kind) in enumerate(SURVEYS))
STAGES = ("s0", "s1", "s2")
PEOPLE = tuple(f"p{number}" for number in range(9))
SEGMENTS: dict[str, Callable[[dict[str, str]], bool]] = {
    "gold": lambda cohort: cohort["class"] == "gold",
    "metal": lambda cohort: cohort["class"] in ("gold", "silver"),
}


class FiguredLife(Life):
    """Some weeks of nine customers, with imports, named walks, channels and retention; rows that go are kept apart."""

    people, rules, minimum = PEOPLE, RULES, MINIMUM

    def __init__(self, tx: Connection, journey: Journey, random: Random) -> None:
        super().__init__(tx, journey, random)
        self.rows = read_rows(tx, "j")
        self.kept_from = BEGIN - timedelta(days=100)  # what is older was retired, and is refused

    def happen(self) -> None:
        choose = self.random.choice
        batch = []
        for _ in range(self.random.randint(1, 4)):
            self.number += 1
            stage = choose([None, None, None, "s0", "s1", "s2"])
            batch.append(
                Event(
                    id=f"e{self.number}",
                    customer=choose(PEOPLE),
                    journey="j",
                    at=max(self.kept_from, self.now - timedelta(hours=choose([0, 0, 1, 30, 100]))),
                    touchpoint=None if stage else choose(list(self.journey.touchpoints)),
                    stage=stage,
                    channel=choose([None, None, "app", "phone"]),
                    passage=choose([None, None, "w1", "w2"]),
                    attributes=choose([None, {"class": "gold"}, {"class": "silver"}, {"class": "tin"}]),
                    measures=choose([None, {"wait": choose([-3, 0, 0.4, 12, 12, 17.31, 500])}]),
                    amount=choose([None, None, 19.99, 100, -5.5]),
                )
            )
        self.events += batch
        repeated = choose([event for event in self.events if event.at >= self.kept_from] or batch)
        record_events(self.tx, [*batch, repeated], RULES, self.now)

    def take_in(self) -> None:
        """Import a few answers of the past that belong to no visit."""
        new = []
        known = customers.ensure_external_ids(self.tx, PEOPLE, self.now)
        for _ in range(self.random.randint(1, 6)):
            point = self.random.choice(["t00", "t10", "t20"])
            cohort = self.journey.cohort({"class": self.random.choice(["gold", "silver", "tin"])})
            at = max(self.kept_from, self.now - timedelta(days=self.random.randint(0, 20)))
            new.append(
                NewAnswer(
                    customer_id=known[self.random.choice(PEOPLE)].id,
                    journey="j",
                    version=1,
                    question="past",
                    kind="csat",
                    subject=point,
                    stage=self.journey.touchpoints[point].stage.key,
                    day=at.date(),
                    channel=self.random.choice(["site", "phone"]),
                    cohort_id=cohorts.ensure_cohorts(self.tx, "j", [cohort])[canonical_form(cohort)],
                    at=at,
                    value=self.random.randint(1, 5),
                    source="import",
                )
            )
        answers.insert_new_answers(self.tx, self.journey, new)

    def talk(self) -> None:
        """Let everybody be asked who can be, and let them tap a few times."""
        self.ask()
        self.deliver()
        self.tap()
        self.tap()

    def forget(self) -> None:
        before = self.read()
        super().forget()
        self.keep(before)

    def retire(self) -> None:
        before, days = self.read(), self.random.randint(4, 20)
        self.kept_from = max(self.kept_from, self.now.replace(hour=12) - timedelta(days=days))
        retire_until(self.tx, self.journey, self.kept_from.date(), MINIMUM)
        self.keep(before)

    def read(self) -> RawRows:
        rows = read_rows(self.tx, "j")
        rows.gone = self.rows.gone
        return rows

    def keep(self, before: RawRows) -> None:
        self.rows = self.read()
        self.rows.take_over(before)

    def live(self, most_steps: int = 50) -> None:
        steps: list[Callable[[], None]] = (
            [self.happen] * 8 + [self.talk] * 10 + [self.take_in] * 2
            + [self.withdraw, self.forget, self.retire, self.expire]
        )  # fmt: skip
        for _ in range(self.random.randint(most_steps // 2, most_steps)):
            self.random.choice(steps)()
            self.agree()
            self.now += timedelta(hours=self.random.choice([0, 1, 5, 20]))
        assert counter_check.list_wrong_counters(self.tx, self.journey) == []
        self.rows = self.read()

    # ---- the comparison ----------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Compare the map of a random window, segment and channel with the raw rows."""
        days = self.random.choice([1, 3, 7, 14, 28, 400])
        last = self.now.astimezone(self.journey.zone).date() - timedelta(days=self.random.choice([0, 0, 3, 9]))
        segment = self.random.choice([None, None, "gold", "metal"])
        channel = self.random.choice([None, None, "site", "phone"])
        request = MapRequest("j", last=last, days=days, segment=segment, channel=channel, with_channels=True)
        found = make_map(self.tx, request, MINIMUM, self.now, REMIND)
        scope = RawScope(last - timedelta(days=days - 1), last, SEGMENTS[segment] if segment else None, channel)
        # Of cells with few answers everyone keeps the settled count, a segment or a channel may lose it.
        if (scope.channel is None and scope.segment is None) or not scope.select(self.rows, "answer", gone=True):
            self.compare_scores(found, scope)
            self.compare_barriers(found, scope)
        self.compare_counts(found, scope)
        self.compare_flow(found, scope)
        for place, stage in enumerate(found.stages):
            is_last = place == len(STAGES) - 1
            check_facts(stage, self.rows, scope, self.now, timedelta(days=3), place=place, is_last=is_last)
        self.compare_channels(found, request)
        if channel is None:
            of_day = make_map(
                self.tx, replace(request, kind=MapKind.DAY, with_channels=False), MINIMUM, self.now, REMIND
            )
            check_day(of_day, self.rows, scope, self.journey.zone, MINIMUM)

    def compare_scores(self, found: JourneyMap, scope: RawScope) -> None:
        before = RawScope(found.before.first, found.before.last, scope.segment, scope.channel)
        is_narrow = scope.segment is not None or scope.channel is not None
        for stage in found.stages:
            for scale in Scale:
                of_stage = score(self.rows, scope, scale, lambda a, key=stage.key: a["stage"] == key)  # type: ignore[misc]  # a lambda with a default
                check_score(stage.scores.get(scale), of_stage, is_narrow=is_narrow)
                for point in stage.touchpoints:
                    of_point = score(self.rows, scope, scale, lambda a, key=point.key: a["subject"] == key)  # type: ignore[misc]  # a lambda with a default
                    check_score(point.scores.get(scale), of_point, is_narrow=is_narrow)
                if is_narrow and before.select(self.rows, "answer", gone=True):
                    continue
                earlier = score(self.rows, before, scale, lambda a, key=stage.key: a["stage"] == key)  # type: ignore[misc]  # a lambda with a default
                check_score(stage.before.get(scale), earlier, is_narrow=is_narrow)

    def compare_channels(self, found: JourneyMap, request: MapRequest) -> None:
        """The channels of each stage say what maps say that are narrowed to them, and leave out nothing."""
        for stage in found.stages:
            assert sum(use.visits for use in stage.channels) == stage.visits
        used = {use.channel for stage in found.stages for use in stage.channels}
        for channel in self.random.sample(sorted(used), min(1, len(used))):
            narrow = make_map(self.tx, replace(request, channel=channel), MINIMUM, self.now, REMIND)
            for stage, of_channel in zip(found.stages, narrow.stages, strict=True):
                check_channel(next((use for use in stage.channels if use.channel == channel), None), of_channel)

    def compare_barriers(self, found: JourneyMap, scope: RawScope) -> None:
        """Each barrier that is shown was chosen so often, by enough people."""
        live, gone = (scope.select(self.rows, "answer", gone=which) for which in (False, True))
        for stage in found.stages:
            for barrier in stage.barriers:  # its theme is the option's key and the question's number: "A3"
                mine, lost = (
                    [
                        a
                        for a in rows
                        if a["stage"] == stage.key and f"{a['choice']}{a['question'][1:]}" == barrier.theme.lower()
                    ]
                    for rows in (live, gone)
                )
                assert barrier.n == len(mine) + len(lost)
                assert len({a["customer_id"] for a in mine}) + len(lost) >= MINIMUM

    def compare_counts(self, found: JourneyMap, scope: RawScope) -> None:
        visits = [v for v in scope.select(self.rows, "visit") if not v["withdrawn"]]
        gone = [v for v in scope.select(self.rows, "visit", gone=True) if not v["withdrawn"]]
        for stage in found.stages:
            mine, lost = ([v for v in rows if v["stage"] == stage.key] for rows in (visits, gone))
            assert stage.visits == len(mine) + len(lost)
            assert (stage.customers, stage.customers_is) == (
                count_people(mine, lost),
                CountBasis.AT_MOST if lost else CountBasis.EXACT,
            )
            check_support(stage, [v for v in mine + lost if v["touchpoint"] == "t01"])
            for point in stage.touchpoints:
                assert point.visits == sum(v["touchpoint"] == point.key for v in mine + lost)
        present = visits + [a for a in scope.select(self.rows, "answer") if a["visit_id"] is None]
        if not scope.select(self.rows, "answer", gone=True):
            assert found.totals.customers == count_people(present, gone)
        invited = [
            i for gone in (False, True) for i in scope.select(self.rows, "invitation", gone=gone) if was_invited(i)
        ]
        assert found.totals.invitations == len(invited)
        open_ones = [i for i in scope.select(self.rows, "invitation") if is_young(i, self.now)]
        assert found.totals.still_open == len(open_ones)
        over = len(invited) - len(open_ones)
        rate = sum(i["answered"] for i in invited) / over if over else None
        assert found.totals.response_rate == (pytest.approx(rate) if rate is not None else None)

    def compare_flow(self, found: JourneyMap, scope: RawScope) -> None:
        entries = scope.select(self.rows, "stage_entry")
        gone = scope.select(self.rows, "stage_entry", gone=True)
        for stage in found.stages:
            mine = [e for e in entries if e["stage"] == stage.key]
            lost = [e for e in gone if e["stage"] == stage.key]
            assert stage.walks == len(mine) + len(lost)
            if lost or not mine or stage is found.stages[-1]:
                continue  # of lost entries only the hour is kept
            raw = flow(mine, self.now, timedelta(days=3))
            assert stage.conversion is not None
            assert (stage.conversion.n, stage.on_the_way) == (raw.over, raw.on_the_way)
            if stage.conversion.value is not None:
                assert stage.conversion.value == pytest.approx(100 * raw.went_on / raw.over)
            assert stage.time is not None
            if len(mine) >= MINIMUM:
                assert (stage.time.median_s, stage.time.p90_s) == (
                    raw.median if raw.median is None else pytest.approx(raw.median),
                    raw.p90 if raw.p90 is None else pytest.approx(raw.p90),
                )
                assert stage.time.n == len(mine)

    def compare_entries(self) -> None:
        """Compare the stored entries with the walks that the visits make, while none of them was retired."""
        if self.rows.gone["visit"]:
            return
        stored = {
            (
                e["customer_id"],
                e["stage"],
                e["at"],
                e["next_at"],
                e["channel"],
                e["cohort_id"],
                e["started_at"] or e["at"],
                e["amount"],
            )
            for e in self.rows.live["stage_entry"]
        }
        raw = find_entries(self.rows.live["visit"], STAGES, timedelta(days=3))
        assert stored == {
            (e.customer, e.stage, e.at, e.next_at, e.channel, e.cohort_id, e.started_at, e.amount) for e in raw
        }


def was_invited(invitation: dict[str, Any]) -> bool:
    """Return whether an invitation was sent; one whose visit was withdrawn counts only where it was answered."""
    was_withdrawn = invitation["reason"] == AskingReason.WITHDRAWN and not invitation["answered"]
    return invitation["sent_at"] is not None and not was_withdrawn


def is_young(invitation: dict[str, Any], now: datetime) -> bool:
    """Return whether an invitation may still be answered: delivered lately, open and not answered."""
    is_open = invitation["state"] in OPEN_STATES and not invitation["answered"]
    sent = invitation["sent_at"]
    return is_open and sent is not None and now - sent < REMIND + timedelta(hours=24)


def check_support(stage: StageFigures, visits: list[dict[str, Any]]) -> None:
    assert stage.support == len(visits) + stage.complaints


def check_channel(use: ChannelUse | None, narrow: StageFigures) -> None:
    if use is not None or narrow.visits or Scale.CSAT in narrow.scores:
        assert ((use.visits, use.complaints) if use else None) == (narrow.visits, narrow.complaints)
    score, conversion = (use.score, use.conversion) if use else (None, None)
    expected = narrow.scores.get(Scale.CSAT)
    assert score == (replace(expected, counts=None) if expected else None)
    assert (conversion or None) == (narrow.conversion if narrow.conversion and narrow.conversion.n else None)


def check_score(found: Score | None, raw: RawScore | None, *, is_narrow: bool) -> None:
    if raw is None:
        assert found is None or found.n == 0
        return
    assert found is not None
    assert (found.n, found.answers) == (raw.n, raw.answers)
    assert found.n_is is (CountBasis.AT_MOST if raw.has_gone else CountBasis.EXACT)
    if found.verdict is Verdict.WITHHELD:
        assert found.value is None
        # The smallest shown part is hidden too; of people who were forgotten, only one day each makes people certain.
        assert raw.n < MINIMUM or is_narrow or raw.has_gone
        return
    assert raw.n >= MINIMUM
    assert found.value == pytest.approx(raw.value, abs=1e-6)
    assert found.mean == pytest.approx(raw.mean, abs=1e-6)
    assert found.low == pytest.approx(raw.low, abs=1e-4)
    assert found.high == pytest.approx(raw.high, abs=1e-4)
    if found.counts is not None:
        assert {value: n for value, n in found.counts.items() if n} == raw.counts


class EnoughError(Exception):
    """Ends an example: the next one begins with an empty database again."""


@settings(max_examples=choose_depth(3, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_every_figure_equals_what_the_rows_say(db: Database, seed: int) -> None:
    def life(tx: Connection) -> None:
        journey = read_journey(SOURCE, "j.toml")
        journeys.apply(tx, journey, SOURCE, now=BEGIN)
        lived = FiguredLife(tx, journey, Random(seed))
        lived.live(60)
        lived.compare_entries()
        for _ in range(choose_depth(5, 10)):
            lived.compare()
        raise EnoughError

    with pytest.raises(EnoughError):
        await db.write(life)
