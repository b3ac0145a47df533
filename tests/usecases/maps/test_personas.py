"""Personas from the database: figures by their rules, and nothing about fewer people than the minimum."""

from typing import Any

import pytest

from bot.cli.map_description import describe_map
from bot.db.engine.database import Database
from bot.usecases.maps.make_map import CompareError
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_json import map_as_json
from cjm.figures.people import PersonClusters
from cjm.figures.personas.make_personas import share_of_visitors
from cjm.figures.score import Thresholds, Verdict
from cjm.scales import Scale
from tests.usecases.maps.past_of_case import TODAY, PastOfCase, people, read_map, tell


async def read_personas(db: Database, new: int, old: int, others: int) -> JourneyMap:
    """Return the map of personas where so many people of each class answered at the first stage."""

    def write(past: PastOfCase) -> None:
        for n, name in ((new, "new"), (old, "old"), (others, "")):
            past.answer(people(n, name or "x"), TODAY, 5, customer_class=name)
            past.answer(people(n // 2, name or "x"), TODAY, 1, customer_class=name)

    await tell(db, write)
    return await read_map(db, kind=MapKind.PERSONAS)


async def test_a_persona_has_the_figures_of_a_segment_with_its_rule_and_its_share_of_the_visitors(
    any_db: Database,
) -> None:
    made = await read_personas(any_db, 20, 12, 9)
    newcomer, elder, dreamer = made.personas
    segment = (await read_map(any_db, segment="new")).stages[0].scores[Scale.CSAT]
    score = newcomer.scores["s"]
    assert (score.value, score.low, score.high, score.n) == (segment.value, segment.low, segment.high, 20)
    assert elder.scores["s"].n == 12
    assert (newcomer.visitors, elder.visitors) == (20, 12)
    share = elder.share
    assert share is not None
    assert share.value is not None
    assert share.value == pytest.approx(100 * 12 / 41)
    assert share.low is not None
    assert share.high is not None
    assert share.low < share.value < share.high
    assert (dreamer.has_rule, dreamer.share, dreamer.scores) == (False, None, {})
    assert [each["key"] for each in map_as_json(made)["personas"]] == ["newcomer", "elder", "dreamer"]
    text = "\n".join(describe_map(made))
    assert "Nina is new\n   49% of visitors" in text
    assert "Ida dreams\n   No figures: the journey file has no rule" in text


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((20, 12, 3), {"newcomer"}),  # a segment has the same rule; with the other persona, the three would follow
        ((20, 12, 5), {"newcomer", "elder"}),
        ((20, 12, 0), {"newcomer", "elder"}),
        ((20, 3, 0), set()),
        ((20, 4, 9), {"newcomer"}),
    ],
)
async def test_no_figures_of_personas_tell_together_of_fewer_people_than_the_minimum(
    db: Database, counts: tuple[int, int, int], shown: set[str]
) -> None:
    made = await read_personas(db, *counts)
    told = {each.key for each in made.personas if each.scores and each.scores["s"].verdict is not Verdict.WITHHELD}
    assert told == shown


async def test_segments_show_the_same_whether_there_are_personas_or_not(db: Database) -> None:
    await read_personas(db, 20, 3, 9)
    assert (await read_map(db, segment="new")).stages[0].scores[Scale.CSAT].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"kind": MapKind.PERSONAS, "segment": "new"}, "a personas map is about all customers"),
        ({"kind": MapKind.PERSONA, "channel": "site"}, "a persona map is about all customers"),
    ],
)
async def test_personas_are_told_of_all_customers_only(db: Database, request_: Any, message: str) -> None:
    await tell(db, lambda _: None)
    with pytest.raises(CompareError, match=message):
        await read_map(db, **request_)


async def test_channels_are_read_for_their_picture(db: Database) -> None:
    await tell(db, lambda past: past.answer(people(12), TODAY, 5))
    made = await read_map(db, kind=MapKind.CHANNELS)
    assert [(use.channel, use.is_used) for use in made.stages[0].channels] == [("site", True), ("phone", False)]
    assert "Channels that nobody used: phone" in "\n".join(describe_map(made))


@pytest.mark.parametrize(
    ("part", "verdict"), [(0, "ok"), (4, "withheld"), (5, "ok"), (95, "ok"), (97, "withheld"), (100, "ok")]
)
def test_share_of_few_or_of_all_but_few_is_withheld(part: int, verdict: str) -> None:
    def clusters(n: int) -> PersonClusters:
        return PersonClusters(n, n, n, n, n)

    share = share_of_visitors(clusters(part), clusters(100), Thresholds(judge_from=10, minimum=5))
    assert share.verdict == verdict
    assert (share.value is None) is (verdict == "withheld")
