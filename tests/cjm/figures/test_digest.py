"""The digest: no alarm without a change, most large changes found, and the best and worst places named."""

from dataclasses import replace

import numpy as np
import pytest

from cjm.figures.comparisons import StageComparison, TouchpointComparison, find_changes
from cjm.figures.contributions import ContributionSums
from cjm.figures.digest import Digest, RankedFigure, build_digest
from cjm.figures.journey_map import ChangeDirection
from cjm.scales import Scale
from tests.cjm.figures.maps import comparison, csat, map_of, stage

# ---- what is a change


def test_a_real_drop_is_found_named_and_measured() -> None:
    found, tested = find_changes(
        [comparison("delivery", csat(60, 100), csat(320, 400)), comparison("ad", csat(40, 80), csat(41, 80))]
    )
    assert tested == 2
    [worse] = found
    assert (worse.subject, worse.title, worse.scale, worse.is_stage) == ("delivery", "Delivery", Scale.CSAT, False)
    assert worse.change.direction is ChangeDirection.WORSE
    assert (worse.now, worse.before, worse.change.points) == pytest.approx((60, 80, -20))
    assert (worse.n, worse.n_before) == (100, 400)
    assert worse.change.high is not None
    assert worse.change.high < 0


@pytest.mark.parametrize(("week", "base"), [(9, 400), (100, 9), (0, 400), (100, 0), (0, 0)])
def test_a_figure_with_few_on_either_side_is_not_tested(week: int, base: int) -> None:
    assert find_changes([comparison("delivery", csat(0, week), csat(base, base))]) == ((), 0)


def test_changes_come_the_greatest_first_whatever_their_scale() -> None:
    found, _ = find_changes(
        [
            comparison("small", csat(65, 100), csat(320, 400)),  # −15 of 100
            comparison("nps", {0: 70, 10: 30}, {0: 120, 10: 280}, Scale.NPS),  # −80 of 200
            comparison("mood", {-2: 10, 2: 90}, {-2: 160, 2: 240}, Scale.EMOTION),  # +1.2 of 4
        ]
    )
    assert [f.subject for f in found] == ["nps", "mood", "small"]
    assert [f.size for f in found] == pytest.approx([0.4, 0.3, 0.15])
    assert [f.change.direction for f in found] == [ChangeDirection.WORSE, ChangeDirection.BETTER, ChangeDirection.WORSE]


def test_one_change_among_many_figures_must_be_clearer_than_one_alone() -> None:
    weak = comparison("weak", csat(66, 100), csat(306, 400))  # p about 0.03
    calm = [comparison(f"calm-{k}", csat(80, 100), csat(320, 400)) for k in range(23)]
    assert len(find_changes([weak])[0]) == 1
    assert find_changes([weak, *calm]) == ((), 24)


def test_a_found_change_never_has_an_interval_that_reaches_zero() -> None:
    random = np.random.default_rng(5)
    for _ in range(60):
        week, base = random.multinomial(14, [0.3, 0, 0, 0, 0.7], 24), random.multinomial(90, [0.1, 0, 0, 0, 0.9], 24)
        found, _ = find_changes(comparisons(Scale.CSAT, week.tolist(), base.tolist()))
        assert all((f.change.low or 0) > 0 or (f.change.high or 0) < 0 for f in found)


def test_a_stage_is_worse_only_when_its_touchpoints_are() -> None:
    strata = ((csat(9, 10), csat(180, 200)), (csat(45, 90), csat(25, 50)))
    moved_mix = StageComparison(
        "buy", "Buy", Scale.CSAT, strata, (ContributionSums(60, 33.0, 25.0), ContributionSums(200, 164.0, 150.0))
    )
    assert find_changes([moved_mix]) == ((), 1)
    really = ((csat(50, 100), csat(180, 200)), (csat(10, 40), csat(30, 50)))
    found, _ = find_changes([replace(moved_mix, strata=really)])
    assert [(f.is_stage, f.change.direction) for f in found] == [(True, ChangeDirection.WORSE)]
    assert (found[0].now, found[0].before, found[0].n) == pytest.approx((55, 82, 60))


def test_a_stages_n_is_its_people() -> None:
    strata = ((csat(20, 40), csat(160, 200)),)
    five_people = StageComparison(
        "buy", "Buy", Scale.CSAT, strata, (ContributionSums(5, 2.5, 1.5), ContributionSums(50, 40.0, 34.0))
    )
    assert find_changes([five_people]) == ((), 0)
    assert find_changes([replace(five_people, people=None)])[1] == 1


# ---- how often it errs, and how often it finds


def comparisons(scale: Scale, week: list[list[int]], base: list[list[int]]) -> list[TouchpointComparison]:
    legal = scale.spec.values
    return [
        comparison(str(k), dict(zip(legal, a, strict=True)), dict(zip(legal, b, strict=True)), scale)
        for k, (a, b) in enumerate(zip(week, base, strict=True))
    ]


@pytest.mark.parametrize(
    ("scale", "chances", "sizes"),
    [
        (Scale.EMOTION, [0.025, 0.025, 0.025, 0.025, 0.9], (12, 120)),
        (Scale.EMOTION, [0.1, 0.2, 0.3, 0.2, 0.2], (20, 80)),
        (Scale.NPS, [0.02] * 7 + [0.11, 0.25, 0.3, 0.2], (15, 60)),
        (Scale.CSAT, [0.05, 0.1, 0.15, 0.3, 0.4], (40, 160)),
    ],
)
def test_24_touchpoints_a_week_raise_a_false_alarm_in_one_week_of_twenty_at_most(
    scale: Scale, chances: list[float], sizes: tuple[int, int]
) -> None:
    random = np.random.default_rng(11)
    week, base = (random.multinomial(n, chances, (250, 24)).tolist() for n in sizes)
    rate = np.mean([bool(find_changes(comparisons(scale, a, b))[0]) for a, b in zip(week, base, strict=True)])
    print(f"{scale}, {sizes}: {rate:.3f}")  # noqa: T201 - asked for with -s
    assert rate <= 0.08  # 0.05, and what 250 digests can be off by


def stage_week(random: np.random.Generator, people: int, alike: float) -> tuple[list[dict[int, int]], ContributionSums]:
    """Return counts and sums of ``people`` asked at four touchpoints each, whose own answers are alike."""
    mood = random.beta(0.75 * (1 - alike) / alike, 0.25 * (1 - alike) / alike, people)
    answers = random.random((people, 4)) < mood[:, None]
    x = answers.mean(axis=1)
    return [csat(int(good), people) for good in answers.sum(axis=0)], ContributionSums(
        people, float(x.sum()), float(x @ x)
    )


def test_a_stage_asked_at_four_touchpoints_is_not_tested_as_four_times_as_many_people() -> None:
    random = np.random.default_rng(2)
    alarms, pooled = 0, 0
    for _ in range(800):
        (week, week_people), (base, base_people) = stage_week(random, 25, 0.5), stage_week(random, 100, 0.5)
        one = StageComparison("buy", "Buy", Scale.CSAT, tuple(zip(week, base, strict=True)), (week_people, base_people))
        alarms += bool(find_changes([one])[0])
        pooled += bool(find_changes([replace(one, people=None)])[0])
    print(f"stage: {alarms / 800:.3f}, pooled {pooled / 800:.3f}")  # noqa: T201 - asked for with -s
    assert alarms / 800 <= 0.07
    assert pooled / 800 > 0.12


def test_a_real_drop_of_twenty_points_is_found_most_times_among_24() -> None:
    random = np.random.default_rng(9)
    hits = 0
    for _ in range(150):
        week, base = random.binomial(100, [0.6] + [0.8] * 23).tolist(), random.binomial(400, [0.8] * 24).tolist()
        rows = [comparison(str(k), csat(a, 100), csat(b, 400)) for k, (a, b) in enumerate(zip(week, base, strict=True))]
        hits += any(f.subject == "0" and f.change.direction is ChangeDirection.WORSE for f in find_changes(rows)[0])
    print(f"power: {hits / 150:.3f}")  # noqa: T201 - asked for with -s
    assert hits / 150 > 0.75


# ---- the digest as a whole


def test_best_and_worst_are_judged_stages_and_touchpoints() -> None:
    digest = build_digest(map_of(stage("find", csat(30, 50)), stage("buy", csat(9, 9)), stage("use", csat(10, 40))), [])
    assert digest.best == RankedFigure("find", "Find", 60.0, 50)
    assert digest.worst == RankedFigure("use", "Use", 25.0, 40)
    assert digest.best_touchpoint == RankedFigure("find-a", "Find-A", 60.0, 50)
    assert digest.worst_touchpoint == RankedFigure("use-a", "Use-A", 25.0, 40)


def keys_of_ends(digest: Digest) -> list[str | None]:
    found = (digest.best, digest.worst, digest.best_touchpoint, digest.worst_touchpoint)
    return [None if end is None else end.key for end in found]


def test_without_a_judged_stage_none_is_best_and_one_alone_is_not_worst() -> None:
    assert keys_of_ends(build_digest(map_of(stage("find", csat(3, 9)), stage("buy", {})), [])) == [None] * 4
    assert keys_of_ends(build_digest(map_of(stage("find", csat(5, 12))), [])) == ["find", None, "find-a", None]
    assert keys_of_ends(build_digest(map_of(stage("a", csat(6, 12)), stage("b", csat(9, 18))), [])) == [
        "a",
        None,
        "a-a",
        None,
    ]


def test_a_week_without_change_is_steady_but_one_without_tests_is_unknown() -> None:
    calm, few = comparison("ad", csat(40, 50), csat(160, 200)), comparison("ad", csat(4, 5), csat(160, 200))
    assert (build_digest(map_of(), [calm]).is_steady, build_digest(map_of(), [calm]).tested) == (True, 1)
    assert (build_digest(map_of(), [few]).is_steady, build_digest(map_of(), [few]).tested) == (False, 0)
    assert not build_digest(map_of(), [comparison("ad", csat(10, 50), csat(160, 200))]).is_steady


def test_a_journey_that_judges_late_is_tested_late() -> None:
    figures_15 = [comparison("ad", csat(2, 15), csat(160, 200))]
    assert build_digest(map_of(), figures_15).tested == 1
    assert build_digest(replace(map_of(), judge_from=30), figures_15).tested == 0
    assert build_digest(replace(map_of(), judge_from=2), [comparison("ad", csat(2, 9), csat(160, 200))]).tested == 0
