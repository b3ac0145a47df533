"""Words of personas: their share of the visitors, their scores, and what the team assumed about them."""

from collections.abc import Iterator

from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.persona_figures import PersonaFigures
from cjm.figures.score import Verdict
from cjm.wording.count_words import people_text
from cjm.wording.figure_words import score_text
from cjm.wording.plan_words import channel_name, voice_text
from cjm.wording.words import FigureWords

TYPED = ("motives", "day", "goals", "pains")
"""What the team types about a persona, in the order of a card."""


def share_text(persona: PersonaFigures, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "28% of visitors, 95% range 24% to 33%, 96 people", or why there is no share."""
    share = persona.share
    if not persona.has_rule:
        return words("persona.no_rule")
    if share is None:
        return words("persona.share.unknown" if not journey_map.counts_people else "persona.share.no_visitors")
    if share.value is None or share.low is None or share.high is None or persona.visitors is None:
        return words("persona.share.withheld", n=journey_map.minimum)
    low, high = (words.percent(end / 100) for end in (share.low, share.high))
    parts = [words("persona.share", share=words.percent(share.value / 100)), words("map.range", low=low, high=high)]
    return ", ".join([*parts, people_text(persona.visitors, share.n_is, words)])


def who_text(persona: PersonaFigures, words: FigureWords) -> str:
    """Return who a persona is, marked as assumed; empty where nobody typed it."""
    return f"{persona.texts.who} ({words('map.lane.assumed')})" if persona.texts.who else ""


def persona_lines(persona: PersonaFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield everything that a card says below its title, line by line."""
    texts = persona.texts
    yield from filter(None, [who_text(persona, words)])
    yield share_text(persona, journey_map, words)
    for stage in journey_map.stages:
        if score := persona.scores.get(stage.key):
            yield f"{stage.title}: {score_text(journey_map.scale, score, journey_map, words)}"
    if persona.has_rule and not persona.scores:
        yield words("persona.no_answers")
    if persona.voice is not None:
        yield f"{voice_text(persona.voice, words)} ({persona.voice_stage})"
    typed = [words(f"manager.persona.{name}", text=text) for name in TYPED if (text := getattr(texts, name))]
    if texts.channel:
        typed.append(words("manager.persona.channel", channel=channel_name(texts.channel, words)))
    if typed:
        yield words("persona.assumed", list=" ".join(_end_sentence(text) for text in typed))


def _end_sentence(text: str) -> str:
    return text if text[-1] in ".!?…" else f"{text}."


def compare_lines(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield a line a persona: its share, and of how many stages its score is judged."""
    for persona in journey_map.personas:
        judged = sum(score.verdict is Verdict.OK for score in persona.scores.values())
        parts = [share_text(persona, journey_map, words)]
        if persona.has_rule:
            parts.append(words("persona.judged", n=judged))
        yield f"{persona.title}: {'; '.join(part.removesuffix('.') for part in parts)}"
