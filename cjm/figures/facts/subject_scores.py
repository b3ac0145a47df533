"""Scores of stages and touchpoints, made of counters and the people behind them.

* A score of fewer people than the minimum is withheld, and so is one that would tell a smaller group beside others.
* A stage tells how often each value was answered only where all its parts do: else the missing part would follow.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cjm.figures.period_figures import PeriodFigures
from cjm.figures.score import RecallShare, Score, Thresholds, Verdict, score_of_people, withhold_score
from cjm.figures.tally import RECALLED
from cjm.journeys.journey import Journey, Stage, Touchpoint
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class SubjectScores:
    """Scores of the places of a journey in any period, shown and judged from the ``thresholds`` on."""

    journey: Journey
    thresholds: Thresholds

    def find_touchpoint_scores(self, point: Touchpoint, period: PeriodFigures) -> Iterator[tuple[Scale, Score]]:
        """Yield the score of a touchpoint on each scale it was rated on."""
        for scale in Scale:
            score = self.find_score(point.key, scale, period, period.count_values(point.key, scale))
            if score is not None:
                yield scale, score

    def find_stage_scores(self, stage: Stage, period: PeriodFigures) -> dict[Scale, Score]:
        """Return the scores of a stage, each with the answers about its touchpoints."""
        found = {}
        for scale in Scale:
            parts = {key: period.count_values(key, scale) for key in (stage.key, *(p.key for p in stage.touchpoints))}
            pooled = sum(parts.values(), Counter[int]())
            score = self.find_score(stage.key, scale, period, pooled)
            if score is not None:
                is_told = self._can_tell_counts(stage, scale, period, parts)
                found[scale] = score if is_told else replace(score, counts=None)
        return found

    def _can_tell_counts(
        self, stage: Stage, scale: Scale, period: PeriodFigures, parts: Mapping[str, Counter[int]]
    ) -> bool:
        """Return whether the stage's answers without those of its shown touchpoints are of nobody, or of enough people.

        How many people they are of is known only from below: at most all answers that somebody gave again are among
        them.
        """
        rest = parts[stage.key].total()
        for point in stage.touchpoints:
            score = self.find_score(point.key, scale, period, parts[point.key])
            if point.status is TouchpointStatus.REMOVED:
                rest += parts[point.key].total()
            elif score is not None and score.verdict is Verdict.WITHHELD:
                return False
        answers = sum(part.total() for part in parts.values())
        given_again = max(0, answers - period.find_people(stage.key, scale).clusters.at_least)
        return rest == 0 or rest - given_again >= self.thresholds.minimum

    def find_score(self, subject: str, scale: Scale, period: PeriodFigures, counts: Mapping[int, int]) -> Score | None:
        """Return the score of a place whose values were answered as often as ``counts`` says; None without answers."""
        people = period.find_people(subject, scale)
        if people.sums.n <= 0:
            return None
        # An answer about a place that the journey lost counts at its stage, but its value is not known here.
        answers = max(sum(counts.values()), people.sums.n)
        pooled = {value: counts.get(value, 0) for value in scale.spec.values}
        score = score_of_people(scale, people, answers, pooled, **self.thresholds._asdict())
        if (subject, scale) in period.hidden:
            return withhold_score(score)
        if score.verdict is Verdict.WITHHELD:
            return score
        return replace(score, recalled=self._find_recalled_share(subject, scale, period, answers))

    def _find_recalled_share(self, subject: str, scale: Scale, period: PeriodFigures, answers: int) -> RecallShare:
        stage = self.journey.stages_by_key.get(subject)
        parts = [subject, *(point.key for point in stage.touchpoints)] if stage else [subject]
        recalled = period.count(parts, RECALLED + scale)
        if recalled <= 0:
            return RecallShare.NONE
        return RecallShare.ALL if recalled >= answers else RecallShare.PARTLY
