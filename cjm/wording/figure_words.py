"""Words of headline figures, which say what they mean: nobody needs to know what "NPS +32" is.

* A figure names its scale and its unit by itself: "ease 5.9 of 7", "25 more in 100 found it better than expected".
* It stands with its 95 % interval and with how many people it comes from.
"""

from cjm.figures.journey_map import JourneyMap
from cjm.figures.score import Score, Verdict
from cjm.scales import Headline, Scale
from cjm.wording.choice_words import recalled_text
from cjm.wording.count_words import audience_texts, people_text
from cjm.wording.words import FigureWords


def signed_number(value: float, digits: int, words: FigureWords) -> str:
    """Return a number with its sign; one that rounds to zero has none."""
    text = words.number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text


def axis_number(scale: Scale, value: float, words: FigureWords) -> str:
    """Return a headline figure as a bare number, for axes: "84", "+0.4", "5.8"."""
    spec = scale.spec
    return signed_number(value, spec.decimals, words) if spec.is_signed else words.number(value, spec.decimals)


def figure_number(scale: Scale, value: float, words: FigureWords) -> str:
    """Return a headline figure as its scale writes it: "84%", "+0.4", "5.8"."""
    return words.percent(value / 100) if scale.spec.is_percent else axis_number(scale, value, words)


def figure_text(scale: Scale, value: float, words: FigureWords) -> str:
    """Return a headline figure with its meaning: "84% satisfied", "mood +0.4 on −2 to +2"."""
    number = figure_number(scale, value, words)
    if scale.spec.headline is not Headline.DIFFERENCE:
        return words(f"map.figure.{scale}", value=number)
    n = round(value)
    if n == 0:
        return words(f"map.figure.{scale}.even")
    return words(f"map.figure.{scale}.{'more' if n > 0 else 'fewer'}", n=abs(n), value=number)


def range_text(scale: Scale, low: float, high: float, words: FigureWords) -> str:
    """Return "95% range 66% to 77%"."""
    return words("map.range", low=figure_number(scale, low, words), high=figure_number(scale, high, words))


def score_text(scale: Scale, score: Score, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "72% satisfied, 95% range 66% to 77%, 287 people, 300 answers", or what is missing to show a figure."""
    if score.value is None or score.low is None or score.high is None:
        return missing_text(score, journey_map, words)
    parts = [figure_text(scale, score.value, words), range_text(scale, score.low, score.high, words)]
    parts += audience_texts(score.n, score.answers, score.n_is, words, counts_people=journey_map.counts_people)
    text = ", ".join(filter(None, [*parts, recalled_text(score.recalled, words)]))
    return text if score.verdict is Verdict.OK else f"{text}. {words('map.grey')}"


def missing_text(score: Score, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return how many more people have to answer; or that a figure is withheld for the sake of a smaller group."""
    people = people_text(score.n, score.n_is, words, counts_people=journey_map.counts_people)
    missing = journey_map.minimum - score.n
    if missing <= 0:
        return f"{people}, {words('map.withheld.people')}"
    return words("map.too_few", people=people, missing=words.number(missing))


def named_score_text(scale: Scale, score: Score, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return `score_text` of one of several scales: a figure names its scale itself, missing answers do not."""
    text = score_text(scale, score, journey_map, words)
    return text if score.value is not None else f"{words(f'map.scale.{scale}')}: {text}"
