"""Words of counts: people, answers and walks, with the way in which they were counted.

* Only different people are called people. Where nobody is known (anonymous journeys), the same number counts answers.
* An estimate is rounded: printing 5,238 would promise more than it knows.
"""

from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.people import CountBasis
from cjm.wording.words import FigureWords

_KEYS = {CountBasis.EXACT: "", CountBasis.ABOUT: ".about", CountBasis.AT_MOST: ".at_most"}
_EXACT_BELOW = 100  # an estimate of fewer people is printed as it is


def round_estimate(n: int) -> int:
    """Return an estimated count to two digits, or to three that begin with 1: 5,238 becomes 5,200, 1,238 1,240."""
    if n < _EXACT_BELOW:
        return n
    text = str(n)
    step = int(10 ** (len(text) - (3 if text[0] == "1" else 2)))
    return round(n / step) * step


def bare_count_text(n: int, basis: CountBasis, words: FigureWords) -> str:
    """Return a count without its noun: "58", "about 5 200", "at most 120"."""
    count = words.number(round_estimate(n) if basis is CountBasis.ABOUT else n)
    match basis:
        case CountBasis.EXACT:
            return count
        case CountBasis.ABOUT:
            return words("map.count.about", count=count)
        case CountBasis.AT_MOST:
            return words("map.count.at_most", count=count)


def people_text(n: int, basis: CountBasis, words: FigureWords, *, counts_people: bool = True) -> str:
    """Return "58 people", "about 5 200 people", "at most 120 people"; "58 answers" where nobody is known."""
    if not counts_people:
        return words("map.answers", n=n)
    return words("map.people" + _KEYS[basis], n=round_estimate(n) if basis is CountBasis.ABOUT else n)


def audience_texts(n: int, answers: int, basis: CountBasis, words: FigureWords, *, counts_people: bool) -> list[str]:
    """Return ["58 people", "70 answers"]; the people alone where each of them answered once, or nobody is known."""
    people = people_text(n, basis, words, counts_people=counts_people)
    return [people, words("map.answers", n=answers)] if counts_people and answers != n else [people]


def customers_text(journey_map: JourneyMap, words: FigureWords) -> str:
    """Return how many customers the map is about; empty where they are not known."""
    totals = journey_map.totals
    return people_text(totals.customers, totals.customers_is, words) if journey_map.counts_people else ""


def replies_texts(journey_map: JourneyMap, words: FigureWords) -> list[str]:
    """Return ["900 asked, 64% answered", "35 still open"]; the share is that of the invitations that are over."""
    totals = journey_map.totals
    if not totals.invitations:  # imported answers have no invitations
        return []
    parts = [words("map.invitations", n=totals.invitations)]
    if totals.response_rate is not None:
        parts.append(words("map.response", share=words.percent(totals.response_rate)))
    still_open = [words("map.still_open", count=words.number(totals.still_open))] if totals.still_open else []
    return [", ".join(parts), *still_open]


def visitors_texts(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> list[str]:
    """Return ["700 people", "967 walks"] of a stage, as far as known; walks only where they differ."""
    knows_people = stage.customers and journey_map.counts_people
    people = people_text(stage.customers, stage.customers_is, words) if knows_people else ""
    walks = words("map.walks", n=stage.walks) if stage.walks and stage.walks != stage.customers else ""
    return [text for text in (people, walks) if text]
