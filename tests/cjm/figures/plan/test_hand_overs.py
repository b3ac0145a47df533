"""Hand-overs: where they are, and how seldom a fall is claimed that there is not."""

from random import Random

from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.people import PersonDaySums, single_days
from cjm.figures.plan.find_hand_overs import find_hand_overs
from cjm.figures.score import Score, score_of_people
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale
from tests.depth import choose_depth

POINTS = tuple(TypedTexts(f"t{n}", f"T{n}", responsible=("Shop", "Store")[n % 2]) for n in range(6))


def make_score(good: int, people: int) -> Score:
    days = PersonDaySums(people, good, good, 5 * good + (people - good), good)
    return score_of_people(Scale.CSAT, single_days(days), people)


def test_hand_overs_are_where_others_become_responsible() -> None:
    """Planned touchpoints, and those for which nobody is named, hand over to nobody."""
    typed = [
        TypedTexts("a", "A", responsible="Shop"),
        TypedTexts("b", "B", responsible="Shop"),
        TypedTexts("c", "C", responsible="Club", status=TouchpointStatus.PLANNED),
        TypedTexts("d", "D", responsible="Store"),
        TypedTexts("e", "E"),
        TypedTexts("f", "F", responsible="Shop"),
    ]
    found = find_hand_overs(typed, {}, Scale.CSAT)
    assert [(each.from_key, each.to_key, each.points, each.falls) for each in found] == [("b", "d", None, False)]


def test_only_a_fall_beyond_noise_falls() -> None:
    scores = {"t0": make_score(90, 100), "t1": make_score(60, 100), "t2": make_score(90, 100), "t3": make_score(8, 10)}
    found = find_hand_overs(POINTS[:4], scores, Scale.CSAT)
    assert [(each.falls, each.points) for each in found] == [(True, -30.0), (False, 30.0), (False, -10.0)]
    assert all(each.low < each.points < each.high for each in found if each.low and each.high and each.points)


def test_at_most_one_map_in_twenty_without_a_fall_names_one() -> None:
    """Six touchpoints hand over five times; the truth is the same everywhere, and people between 12 and 120."""
    random, maps = Random(7), choose_depth(400, 6000)
    alarms = 0
    for _ in range(maps):
        truth = random.uniform(0.2, 0.9)
        sizes = [random.randint(12, 120) for _ in POINTS]
        scores = {
            point.key: make_score(sum(random.random() < truth for _ in range(size)), size)
            for point, size in zip(POINTS, sizes, strict=True)
        }
        alarms += any(each.falls for each in find_hand_overs(POINTS, scores, Scale.CSAT))
    assert alarms <= maps * 0.05 + 2.6 * (maps * 0.05 * 0.95) ** 0.5
