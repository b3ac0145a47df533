"""Advice about a journey that has no mistakes: what its map will not be able to show, and questions people do not like.

Each rule is about something that the author can mend in the file. Nothing here keeps a journey from being applied.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cjm.journeys.journey import Journey, Stage
from cjm.journeys.outline import Loc
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import Question, QuestionKind, Survey
from cjm.mistake_wording import join_names

MOST_QUESTIONS_FOR_ALL = 3
"""Questions of one survey that everybody is asked: consent promises one short question, sometimes a few more."""

LONGEST_QUESTION = 140
"""Characters: a longer one takes more than four lines on a phone."""

_MOST_MOMENTS = 3  # moments of truth that may be marked however few touchpoints there are


@dataclass(frozen=True, slots=True)
class Advice:
    """Sentence about one part of a journey: its place in the file's tables, its path for people."""

    loc: Loc
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


def find_advice(journey: Journey) -> list[Advice]:
    """Return the advice about a journey: what is about the whole of it first, then part by part."""
    return [advice for rule in _RULES for advice in rule(journey)]


# ---------------------------------------------------------------------- the whole


def _advise_on_journey(journey: Journey) -> Iterator[Advice]:
    if journey.purpose is None:
        yield Advice((), "purpose", "is missing: the question that the map should answer stands at the top of pictures")
    if not journey.surveys:
        yield Advice((), "surveys", "there are none: the map will show visits, and no feelings")
    elif len(journey.stages) > 1 and not any(survey.on.exit for survey in journey.surveys):
        yield Advice((), "surveys", "none asks those who do not go on (on.exit): the map will not say why walks end")
    if not journey.targets:
        yield Advice((), "targets", "there are none: the map can say what changed, but not whether it is good enough")


def _advise_on_moments_of_truth(journey: Journey) -> Iterator[Advice]:
    live = [point for stage in journey.stages for point in stage.touchpoints if point.status is TouchpointStatus.LIVE]
    marked = [point.key for point in live if point.moment_of_truth]
    if not marked and journey.surveys:
        sentence = (
            "no touchpoint is a moment of truth: mark where customers decide whether to stay; it is asked about more"
        )
        yield Advice((), "stages", sentence)
    if len(marked) > max(_MOST_MOMENTS, len(live) // 2):
        sentence = (
            f"{len(marked)} of {len(live)} touchpoints are moments of truth ({join_names(marked)}): mark only those"
        )
        yield Advice((), "stages", f"{sentence} where customers decide whether to stay")


# ---------------------------------------------------------------------- parts


def _advise_on_groups(journey: Journey) -> Iterator[Advice]:
    rules = [*(segment.where for segment in journey.segments), *(persona.where for persona in journey.personas)]
    used = {name for rule in rules for name in rule}
    for place, attribute in enumerate(journey.attributes):
        if attribute.key not in used:
            sentence = "no segment and no persona uses it, so no map can be narrowed to it"
            yield Advice(("attributes", place), f"attributes.{attribute.key}", sentence)
    for place, persona in enumerate(journey.personas):
        if not persona.where:
            sentence = "has no rule (where): its card will have texts and no figures"
            yield Advice(("personas", place), f"personas.{persona.key}", sentence)


def _advise_on_stages(journey: Journey) -> Iterator[Advice]:
    for place, stage in enumerate(journey.stages):
        loc, path = ("stages", place), f"stages.{stage.key}"
        if stage.goal is None:
            yield Advice(loc, f"{path}.goal", "is missing: what the customer wants here")
        if all(point.status is not TouchpointStatus.LIVE for point in stage.touchpoints):
            yield Advice(loc, path, "none of its touchpoints is live: it stays empty until one is")
        elif journey.surveys:
            yield from _advise_on_feelings(journey, stage, loc, path)


def _advise_on_feelings(journey: Journey, stage: Stage, loc: Loc, path: str) -> Iterator[Advice]:
    """Yield advice where the curve of the map will have no figure at a stage."""
    scales = {question.kind.scale for question in _list_questions_about(journey, stage)} - {None}
    if not scales:
        yield Advice(loc, path, "no question with a scale is about it: its face will stay grey")
    elif journey.scale not in scales:
        sentence = f"no {journey.scale} question is about it, and the map's curve shows that scale"
        yield Advice(loc, path, f"{sentence}: its face will stay grey")


def _list_questions_about(journey: Journey, stage: Stage) -> Iterator[Question]:
    """Yield the questions whose answers count at a stage."""
    for survey in journey.surveys:
        for question in survey.questions:
            place = journey.find_place(question.about or survey.on.subject)
            if place is not None and place.stage.key == stage.key:
                yield question


def _advise_on_surveys(journey: Journey) -> Iterator[Advice]:
    for place, survey in enumerate(journey.surveys):
        loc, path = ("surveys", place), f"surveys.{survey.key}"
        for_all = sum(question.when is None for question in survey.questions)
        if for_all > MOST_QUESTIONS_FOR_ALL:
            sentence = (
                f"asks everybody {for_all} questions: customers agreed to one short question, sometimes a few more"
            )
            yield Advice(loc, path, f"{sentence}; put a condition (when) on some")
        if _asks_no_reason(survey):
            yield Advice(loc, path, "asks how it was, and never why: a choice or text after a low score names barriers")
        yield from _advise_on_length(survey, loc, path)


def _asks_no_reason(survey: Survey) -> bool:
    kinds = {question.kind for question in survey.questions}
    return any(kind.scale for kind in kinds) and not kinds & {QuestionKind.CHOICE, QuestionKind.TEXT}


def _advise_on_length(survey: Survey, loc: Loc, path: str) -> Iterator[Advice]:
    for place, question in enumerate(survey.questions):
        length = max(len(words) for words in question.text.root.values())
        if length > LONGEST_QUESTION:
            sentence = f"has {length} characters: more than {LONGEST_QUESTION} are many lines on a phone"
            yield Advice((*loc, "questions", place, "text"), f"{path}.questions.{question.key}.text", sentence)


_RULES: tuple[Callable[[Journey], Iterator[Advice]], ...] = (
    _advise_on_journey,
    _advise_on_moments_of_truth,
    _advise_on_groups,
    _advise_on_stages,
    _advise_on_surveys,
)
