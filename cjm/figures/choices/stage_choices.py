"""Choices at a stage that are no barriers: reasons for not going on, and what people recall of the stage.

``shown`` gives the options of a question that enough people chose, with how often each was chosen.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from cjm.figures.choices.choice_meaning import ChoiceMeaning, list_choices
from cjm.figures.disclosure import hide_small_counts
from cjm.figures.journey_map import LostReason, RecalledChoice, RecalledOption
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question

ShownOptions = Callable[[Question], Mapping[str, int]]
MOST_REASONS = 10


def find_lost_reasons(
    journey: Journey, language: str, shown: ShownOptions, told: Mapping[str, int], minimum: int
) -> tuple[LostReason, ...]:
    """Return the reasons for not going on from a stage, the most frequent first.

    ``told`` are the people of each reason that events told. An option with the same key in several surveys is one
    reason, and so is an event's reason that is the key of an option. What fewer than ``minimum`` people said is left
    out.
    """
    chosen: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for question in list_choices(journey, ChoiceMeaning.LOST_REASON):
        chosen.update(shown(question))
        for option in question.options:
            titles.setdefault(option.key, option.title.in_language(language))
    events = hide_small_counts(told, minimum)
    reasons = [
        LostReason(key, titles.get(key, key), chosen.get(key, 0), events.get(key, 0))
        for key in sorted(chosen.keys() | events.keys())
    ]
    counted = [reason for reason in reasons if reason.n + reason.events > 0]
    return tuple(sorted(counted, key=lambda each: -each.n - each.events)[:MOST_REASONS])


def find_recalled_choices(journey: Journey, language: str, shown: ShownOptions) -> tuple[RecalledChoice, ...]:
    """Return what people chose from memory about a stage, question by question."""
    choices = []
    for question in list_choices(journey, ChoiceMeaning.RECALLED):
        counts = shown(question)
        options = [
            RecalledOption(option.key, option.title.in_language(language), counts[option.key])
            for option in question.options
            if counts.get(option.key, 0) > 0
        ]
        if options:
            ranked = tuple(sorted(options, key=lambda each: -each.n))
            choices.append(RecalledChoice(question.key, question.text.in_language(language), ranked))
    return tuple(choices)
