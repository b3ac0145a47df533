"""Make the personas of a map from the figures of those who belong to each.

* A persona's score is shown where a map that is narrowed to it would show it: the builder of maps makes both.
* A quote stands beside a persona only where the score of its stage is shown, and never with its writer's own score: the
  figures of touchpoints are not checked for personas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.intervals import wilson_interval
from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.map_builder import MapBuilder
from cjm.figures.map_parts.persona_figures import PersonaFigures, PersonaTexts
from cjm.figures.people import PersonClusters
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.quotes.stage_quotes import Quote
from cjm.figures.score import Score, Thresholds, Verdict
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey import Persona
from cjm.text import LocalizedText


@dataclass(frozen=True, slots=True)
class PersonaFacts:
    """Figures of the customers of one persona, and what they wrote, the latest first."""

    figures: PeriodFigures
    quotes: Sequence[Quote]


def make_personas(
    builder: MapBuilder, everyone: JourneyMap, facts: Mapping[str, PersonaFacts]
) -> tuple[PersonaFigures, ...]:
    """Return the personas of a journey; ``builder`` and ``everyone`` are the map of all its customers.

    ``facts`` has each persona with a rule, by key.
    """
    return tuple(_make_persona(persona, builder, everyone, facts.get(persona.key)) for persona in _list(builder))


def _list(builder: MapBuilder) -> Sequence[Persona]:
    return builder.journey.personas


def _make_persona(
    persona: Persona, builder: MapBuilder, everyone: JourneyMap, facts: PersonaFacts | None
) -> PersonaFigures:
    title, texts = persona.title.in_language(everyone.language), _read_texts(persona, everyone.language)
    if facts is None:
        return PersonaFigures(persona.key, title, texts, has_rule=False)
    stages = _measure_stages(builder, everyone, facts)
    voiced = _choose_voiced(stages, everyone)
    share = _find_share(builder, facts)
    customers = facts.figures.find_people(WHOLE_JOURNEY, CUSTOMERS).clusters
    is_told = share is not None and share.verdict is not Verdict.WITHHELD
    return PersonaFigures(
        key=persona.key,
        title=title,
        texts=texts,
        visitors=round(customers.people) if is_told else None,
        share=share,
        scores={s.key: replace(s.scores[everyone.scale], counts=None) for s in stages if everyone.scale in s.scores},
        voice=replace(voiced.voices[0], mood=None) if voiced is not None else None,
        voice_stage=voiced.title if voiced is not None else "",
    )


def _read_texts(persona: Persona, language: str) -> PersonaTexts:
    def read(text: LocalizedText | None) -> str:
        return text.in_language(language) if text is not None else ""

    texts = {name: read(getattr(persona, name)) for name in ("who", "motives", "day", "goals", "pains")}
    return PersonaTexts(**texts, channel=persona.channel or "")


def _measure_stages(builder: MapBuilder, everyone: JourneyMap, facts: PersonaFacts) -> tuple[StageFigures, ...]:
    of_persona = MapBuilder(
        journey=builder.journey,
        language=builder.language,
        minimum=builder.minimum,
        as_of=builder.as_of,
        current=facts.figures,
        previous=PeriodFigures(),
        flow={},
        quotes=facts.quotes,
        choosers={},
    )
    return of_persona.build_map(everyone.period, everyone.before, None, None).stages


def _choose_voiced(stages: Sequence[StageFigures], everyone: JourneyMap) -> StageFigures | None:
    """Return the stage whose quote is shown: of those with one, the stage that the persona likes least."""
    with_words = [stage for stage in stages if stage.voices and _is_told(stage.scores.get(everyone.scale))]
    return min(with_words, key=lambda stage: stage.scores[everyone.scale].value or 0.0, default=None)


def _is_told(score: Score | None) -> bool:
    return score is not None and score.verdict is not Verdict.WITHHELD


def _find_share(builder: MapBuilder, facts: PersonaFacts) -> Score | None:
    """Return the share of the visitors; None in an anonymous journey, where nobody is known to be a visitor twice."""
    whole = builder.current.find_people(WHOLE_JOURNEY, CUSTOMERS).clusters
    part = facts.figures.find_people(WHOLE_JOURNEY, CUSTOMERS).clusters
    if builder.journey.anonymous or whole.people <= 0:
        return None
    return share_of_visitors(part, whole, builder.thresholds)


def share_of_visitors(part: PersonClusters, whole: PersonClusters, thresholds: Thresholds) -> Score:
    """Return the share of a part of the visitors in per cent.

    It is withheld where the part, or all others, are some but fewer than the minimum: beside the number of visitors it
    would tell how many they are.
    """
    n = round(whole.people)
    people = min(part.people, whole.people)
    rest = whole.people - people
    if 0 < people < thresholds.minimum or 0 < rest < thresholds.minimum:
        return Score(n, n, None, None, None, None, None, Verdict.WITHHELD, whole.basis)
    share = people / whole.people
    low, high = (100 * end for end in wilson_interval(share, whole.people))
    verdict = Verdict.OK if whole.at_least >= thresholds.judge_from else Verdict.GREY
    return Score(n, n, 100 * share, low, high, 100 * share, None, verdict, whole.basis)
