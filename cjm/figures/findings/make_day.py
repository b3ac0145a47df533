"""Make a day in the life from counters, scores, diaries and the hours at which people answer.

* Visits and complaints are told in full: they are no answers. Scores and quotes respect the minimum.
* Parts differ in length, so the busiest is the one with most visits an hour. It is named only if its lead on each other
  part is beyond what chance makes of equal hours, corrected for having chosen the highest of five.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from cjm.figures.day.day_figures import BestHour, DayFigures, DayPart, VisitedPlace
from cjm.figures.day.diary import DiaryEntry
from cjm.figures.day.parts import PartOfDay
from cjm.figures.findings.asking.report import AskingTally, find_best_hour
from cjm.figures.findings.ranking import find_weakest
from cjm.figures.map_parts.voice import Voice
from cjm.figures.period_figures import CountTable
from cjm.figures.score import Score
from cjm.figures.tally import COMPLAINTS, VISITS
from cjm.journeys.journey import Journey
from cjm.journeys.parts.diary_question import DiaryQuestion

MOST_PLACES = 3
ENTRY_LENGTH = range(2, 160)  # characters: longer does not fit beside a part of the day
LEAD = 2.576
"""Standard deviations by which the busiest part leads: of five equal ones the highest leads so far in 5 % at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """Facts that a day is made of: counters of the scope, scores by part, diary entries (the latest first), hours.

    ``withheld`` are the parts whose entries may not be told, beside those of others.
    """

    counts: CountTable
    scores: Mapping[PartOfDay, Score]
    entries: Iterable[DiaryEntry] = ()
    hours: Mapping[int, AskingTally]
    withheld: Collection[PartOfDay] = ()


def make_day(journey: Journey, language: str, facts: DayFacts, minimum: int) -> DayFigures:
    """Return the day of a journey."""
    quotes = choose_quotes((entry for entry in facts.entries if entry.part not in facts.withheld), minimum)
    writers = _count_writers(facts.entries)
    parts = tuple(
        DayPart(
            part,
            visits=_count(facts.counts, VISITS, part),
            complaints=_count(facts.counts, COMPLAINTS, part),
            score=facts.scores.get(part),
            places=_find_places(journey, language, facts.counts, part),
            quotes=quotes.get(part, {}),
            writers=writers[part] if not writers[part] or _is_told(facts, part, writers[part], minimum) else None,
        )
        for part in PartOfDay
    )
    return DayFigures(
        parts=parts,
        unknown=_count(facts.counts, VISITS, ""),
        busiest=_find_busiest(parts),
        weakest=_find_weakest(facts.scores),
        best_hour=_find_best(facts.hours),
        asked=sum(tally.over for tally in facts.hours.values()),
        is_scored=not journey.anonymous,
    )


def _is_told(facts: DayFacts, part: PartOfDay, writers: int, minimum: int) -> bool:
    return writers >= minimum and part not in facts.withheld


def _count(counts: CountTable, measure: str, bucket: str) -> int:
    return sum(buckets[bucket].n for (_, name), buckets in counts.items() if name == measure and bucket in buckets)


def _find_places(journey: Journey, language: str, counts: CountTable, part: PartOfDay) -> tuple[VisitedPlace, ...]:
    """Return the touchpoints and stages with most visits; those that the journey lost are left out."""
    of_visits = ((subject, buckets) for (subject, name), buckets in counts.items() if name == VISITS)
    visits = {subject: buckets[part].n for subject, buckets in of_visits if part in buckets}
    found = []
    for key, n in sorted(visits.items(), key=lambda each: (-each[1], each[0])):
        place = journey.find_place(key)
        if place is not None and n > 0:
            found.append(VisitedPlace(key, place.part.title.in_language(language), n))
    return tuple(found[:MOST_PLACES])


def _find_busiest(parts: Collection[DayPart]) -> PartOfDay | None:
    first = max(parts, key=lambda part: part.visits_an_hour)
    is_clear = all(_has_lead(first, other) for other in parts if other is not first)
    return first.part if is_clear else None


def _has_lead(first: DayPart, other: DayPart) -> bool:
    """Return whether one part has more visits an hour than another beyond noise (score test of two Poisson rates)."""
    common = (first.visits + other.visits) / (first.hours + other.hours)
    error = sqrt(common * (1 / first.hours + 1 / other.hours))
    return first.visits_an_hour - other.visits_an_hour > LEAD * error


def _find_weakest(scores: Mapping[PartOfDay, Score]) -> PartOfDay | None:
    weakest = find_weakest({part.value: score for part, score in scores.items()})
    return PartOfDay(weakest) if weakest is not None else None


def _find_best(hours: Mapping[int, AskingTally]) -> BestHour | None:
    best = find_best_hour(hours)
    if best is None:
        return None
    rest = [tally for hour, tally in hours.items() if hour != best]
    others = sum(tally.replies for tally in rest) / sum(tally.over for tally in rest)
    return BestHour(best, hours[best].response_rate or 0.0, others, hours[best].over)


def _count_writers(entries: Iterable[DiaryEntry]) -> Mapping[PartOfDay, int]:
    return {part: len({entry.person for entry in entries if entry.part is part}) for part in PartOfDay}


def choose_quotes(entries: Iterable[DiaryEntry], minimum: int) -> Mapping[PartOfDay, Mapping[DiaryQuestion, Voice]]:
    """Return the latest words about each question in each part of the day in which enough people wrote.

    No words stand twice, and where somebody else has written, no two beside each other are of one person: together
    they would say more about them.
    """
    latest = list(entries)
    writers = _count_writers(latest)
    said: set[str] = set()
    chosen: dict[PartOfDay, dict[DiaryQuestion, Voice]] = {}
    for part in PartOfDay:
        if not writers[part] or writers[part] < minimum:
            continue
        quoted: set[int] = set()
        for question in DiaryQuestion:
            fitting = [e for e in latest if e.part is part and e.kind is question and _fits(e.text, said)]
            entry = next((e for e in fitting if e.person not in quoted), fitting[0] if fitting else None)
            if entry is not None:
                said.add(_bare(entry.text))
                quoted.add(entry.person)
                chosen.setdefault(part, {})[question] = Voice(entry.text.strip(), writer=entry.person)
    return chosen


def _fits(text: str, said: Collection[str]) -> bool:
    return len(text.strip()) in ENTRY_LENGTH and _bare(text) not in said


def _bare(text: str) -> str:
    """Return what two texts share that a reader takes for the same."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text
