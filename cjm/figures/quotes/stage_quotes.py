"""Choose the quotes that stand at a stage, each with the mood of the same conversation.

* No quote stands at a stage whose scores are all withheld: a person could be recognised by their words.
* A quote has a mood only where the scores of its stage and of its touchpoint are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cjm.figures.facts.subject_scores import SubjectScores
from cjm.figures.map_parts.voice import Voice
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale

MOST_VOICES = 2
QUOTE_LENGTH = range(8, 240)  # characters: shorter says little, longer does not fit beside a stage


@dataclass(frozen=True, slots=True)
class Quote:
    """Text that a customer wrote about a place of a stage, with the first score of the same conversation.

    ``writer`` is the customer's id, None where answers name nobody.
    """

    stage: str
    subject: str  # key of the stage or touchpoint
    text: str
    kind: str | None
    value: int | None
    writer: int | None = None
    recalled: bool = False  # the question was about an earlier place


@dataclass(frozen=True, slots=True)
class StageQuotes:
    """Quotes of a period, the latest first, and the scores beside which they may stand."""

    quotes: Sequence[Quote]
    scores: SubjectScores
    current: PeriodFigures

    def choose_voices(self, stage: str, shown: Mapping[Scale, Score]) -> tuple[Voice, ...]:
        """Return the latest quotes of a stage with the scores ``shown``; the same words stand once, as of the later."""
        if all(score.verdict is Verdict.WITHHELD for score in shown.values()):
            return ()
        latest: dict[str, Quote] = {}
        for each in self.quotes:
            if each.stage == stage and len(each.text) in QUOTE_LENGTH:
                latest.setdefault(each.text, each)
        voices = [Voice(each.text, self._mood_of_quote(each), each.writer, each.recalled) for each in latest.values()]
        return _choose_latest(voices)

    def _mood_of_quote(self, quote: Quote) -> int | None:
        """Return the score of the same conversation as one of five moods, 0 the worst; None where it is withheld."""
        if quote.kind is None or quote.value is None:
            return None
        scale = Scale(quote.kind)
        for place in (quote.stage, quote.subject):
            score = self.scores.find_score(place, scale, self.current, {})
            if score is None or score.verdict is Verdict.WITHHELD:
                return None
        values = scale.spec.values
        return min(4, int(5 * (quote.value - values[0]) / len(values)))


def _choose_latest(voices: Sequence[Voice]) -> tuple[Voice, ...]:
    """Return the latest voices, one with a mood among them where any has one: it says how the customer felt."""
    chosen = voices[:MOST_VOICES]
    with_mood = next((voice for voice in voices if voice.mood is not None), None)
    if with_mood is not None and all(voice.mood is None for voice in chosen):
        chosen = [*chosen[: MOST_VOICES - 1], with_mood]
    return tuple(chosen)
