"""Options that people chose at a stage, without those that too few people chose.

Those that mean a reason for a low score are the barriers of the stage, the most frequent first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cjm.figures.choices.choice_meaning import ChoiceMeaning, list_choices
from cjm.figures.disclosure import hide_small_counts
from cjm.figures.journey_map import Barrier
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.score import Score, Verdict
from cjm.figures.tally import CHOICE
from cjm.journeys.journey import Journey, Stage
from cjm.journeys.survey import Question
from cjm.scales import Scale

MOST_BARRIERS = 3


class ChosenOption(NamedTuple):
    """Option of a question, with the present key of the stage at which it was chosen."""

    stage: str
    question: str
    option: str


@dataclass(frozen=True, slots=True)
class ChosenOptions:
    """Options chosen in a period.

    ``choosers`` are the people who chose an option, at least; ``hidden`` options are withheld although enough people
    may have chosen them.
    """

    journey: Journey
    language: str
    minimum: int
    current: PeriodFigures
    choosers: Mapping[ChosenOption, int]
    hidden: Collection[ChosenOption]

    def find_shown(self, stage: Stage, question: Question) -> Mapping[str, int]:
        """Return how often each option was chosen, without those that too few people chose."""
        measure = CHOICE + question.key
        chosen: Counter[str] = Counter()
        for subject in (stage.key, *(p.key for p in stage.touchpoints)):
            chosen.update({key: sums.n for key, sums in self.current.counts.get((subject, measure), {}).items()})
        options = {key: ChosenOption(stage.key, question.key, key) for key, n in chosen.items() if n > 0}
        people = {key: self.choosers.get(option, 1) for key, option in options.items()}
        shown = hide_small_counts(people, self.minimum)
        return {key: chosen[key] for key in shown if options[key] not in self.hidden}

    def find_barriers(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Barrier, ...]:
        """Return the reasons chosen most often; a choice that only satisfied people are offered is no barrier.

        Empty where all scores are withheld: among a few people, their reasons would tell how each of them answered.
        """
        if scores and all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        themes: Counter[str] = Counter()
        options: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for question in list_choices(self.journey, ChoiceMeaning.BARRIER):
            shown = self.find_shown(stage, question)
            for option in question.options:
                theme = option.title.in_language(self.language)
                themes[theme] += shown.get(option.key, 0)
                options[theme] += [(question.key, option.key)] if option.key in shown else []
        found = themes.most_common(MOST_BARRIERS)
        return tuple(Barrier(theme, n, tuple(options[theme])) for theme, n in found if n > 0)
