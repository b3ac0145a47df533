"""People behind the scores of parts of the day, and which of these scores may be told.

* A person-day of a part is one person, one day, one part and one cohort; its x is the mean contribution of the answers
  about visits in that part.
* Where all rows were read, people and how alike their days are come out exactly. Of many the counters of gaps tell
  them, and the rows that were read only how many people there are at least.
* The parts of the day divide the answers as channels do: the score of a part is told only where, beside the scores of
  other parts, of segments and of everyone, it tells of no fewer people than the minimum. Answers whose part is not
  known are the rest between everyone and the parts, and so are those of somebody who answered about two on one day.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from cjm.figures.day.parts import PartOfDay
from cjm.figures.gaps import WindowGaps
from cjm.figures.part_disclosure import Atom, PlaceParts, has_small_atoms, part_name
from cjm.figures.people import (
    PeopleSums,
    PersonClusters,
    PersonDaySums,
    add_settled,
    clusters_from_gaps,
    scale_clusters,
    single_days,
)
from cjm.figures.score import Score, Thresholds, score_of_people, withhold_score
from cjm.scales import Scale


class PartAnswer(NamedTuple):
    """Answer about a visit in a part of the day; ``x`` is its contribution to the headline figure."""

    person: int
    day: date
    cohort_id: int
    part: PartOfDay
    x: float


class RestDay(NamedTuple):
    """Person-day beside the parts: its part is not known, or it has several."""

    person: int
    cohort_id: int
    rest: str  # UNKNOWN_CHANNEL or SEVERAL_CHANNELS, as of channels


class PartCounter(NamedTuple):
    """Person-days of a part and a cohort. Rows stand behind the live ones; ``returned`` counts settled returns."""

    part: PartOfDay
    cohort_id: int
    is_settled: bool
    sums: PersonDaySums
    returned: int = 0


@dataclass(frozen=True, slots=True)
class PartFacts:
    """Everything that the scores of the parts of the day are made of, of all customers.

    ``answers`` are all answers of the ``days`` whose part is known, or with ``is_cut`` some of them; ``rest_days`` are
    those beside the parts. ``segments`` are the keys of those that each cohort belongs to, ``gaps`` the gap counters of
    each part.
    """

    scale: Scale
    days: int
    counters: Sequence[PartCounter]
    answers: Sequence[PartAnswer]
    rest_days: Sequence[RestDay] = ()
    is_cut: bool = False
    segments: Mapping[int, frozenset[str]] = field(default_factory=dict)
    gaps: Mapping[PartOfDay, WindowGaps] = field(default_factory=dict)


def score_parts(
    facts: PartFacts, segment: str | None, cohorts: Collection[int] | None, thresholds: Thresholds
) -> dict[PartOfDay, Score]:
    """Return the score of each part with answers; ``cohorts`` are those of the segment, None for all customers."""
    shown = _find_shown(facts, segment, thresholds.minimum)
    scores = {}
    for part in PartOfDay:
        people = _find_people(facts, part, cohorts)
        if people.sums.n > 0:
            # How many answers a person gave within a part is not counted: the number of people stands for both.
            score = score_of_people(facts.scale, people, people.sums.n, None, **thresholds._asdict())
            score = replace(score, answers=score.n)
            scores[part] = score if part in shown else withhold_score(score)
    return scores


def _find_people(facts: PartFacts, part: PartOfDay, cohorts: Collection[int] | None) -> PeopleSums:
    ours = [c for c in facts.counters if c.part is part and (cohorts is None or c.cohort_id in cohorts)]
    live = sum((c.sums for c in ours if not c.is_settled), PersonDaySums())
    settled = sum((c.sums for c in ours if c.is_settled), PersonDaySums())
    answers = [a for a in facts.answers if a.part is part and (cohorts is None or a.cohort_id in cohorts)]
    people = _group_people(answers, live)
    if people is None or facts.is_cut:
        everyone = sum((c.sums for c in facts.counters if c.part is part and not c.is_settled), PersonDaySums())
        people = _estimate_people(facts, part, live, everyone, len({a.person for a in answers}))
    return add_settled(people, settled, sum(c.returned for c in ours))


def _group_people(answers: Iterable[PartAnswer], live: PersonDaySums) -> PeopleSums | None:
    """Return the people of these answers; None where their person-days are not those that were counted."""
    of_day: defaultdict[tuple[int, date, int], list[float]] = defaultdict(list)
    for a in answers:
        of_day[a.person, a.day, a.cohort_id].append(a.x)
    if len(of_day) != live.n:
        return None
    days, totals = Counter[int](), defaultdict[int, float](float)
    for (person, _, _), xs in of_day.items():
        days[person] += 1
        totals[person] += sum(xs) / len(xs)
    clusters = PersonClusters(
        people=len(days),
        at_least=len(days),
        total_squares=sum(total * total for total in totals.values()),
        total_days=sum(totals[person] * k for person, k in days.items()),
        days_squares=sum(k * k for k in days.values()),
    )
    return PeopleSums(live, clusters)


def _estimate_people(
    facts: PartFacts, part: PartOfDay, live: PersonDaySums, everyone: PersonDaySums, found: int
) -> PeopleSums:
    if live.n <= 0:
        return single_days(live)
    people = clusters_from_gaps(everyone, facts.gaps.get(part, WindowGaps()), facts.days)
    if live != everyone:
        people = scale_clusters(people, live, facts.days)
    at_least = max(people.clusters.at_least, found)
    clusters = replace(people.clusters, at_least=at_least, people=max(people.clusters.people, at_least))
    return replace(people, clusters=clusters)


def _find_shown(facts: PartFacts, segment: str | None, minimum: int) -> frozenset[PartOfDay]:
    """Return the parts whose scores may be told beside each other and beside those of segments."""
    days, settled, returned = _count_days(facts)
    if not has_small_atoms(days.values(), facts.days, minimum):
        return frozenset(PartOfDay)
    parts = PlaceParts(days, settled, _count_by_atoms(facts), facts.days, returned)
    # Other kinds of maps show segments as a whole already; what is told of parts must stand beside these.
    whole = {part_name(key, None) for atom in days for key in atom.segments}
    given = parts.find_shown_beside((), whole, minimum)
    shown = parts.find_shown_beside(given, parts.list_names() - whole, minimum)
    return frozenset(part for part in PartOfDay if part_name(segment, part) in shown)


def _count_days(facts: PartFacts) -> tuple[Counter[Atom], Counter[Atom], Counter[Atom]]:
    """Return the person-days of each atom, the settled ones among them, and the returns among these."""
    days, settled, returned = Counter[Atom](), Counter[Atom](), Counter[Atom]()
    for counter in facts.counters:
        atom = _find_atom(facts, counter.cohort_id, counter.part)
        days[atom] += counter.sums.n
        settled[atom] += counter.sums.n if counter.is_settled else 0
        returned[atom] += counter.returned
    days.update(_find_atom(facts, each.cohort_id, each.rest) for each in facts.rest_days)
    return days, settled, returned


def _count_by_atoms(facts: PartFacts) -> Counter[frozenset[Atom]]:
    """Return how many people are in exactly these atoms."""
    of_person: defaultdict[int, set[Atom]] = defaultdict(set)
    for a in facts.answers:
        of_person[a.person].add(_find_atom(facts, a.cohort_id, a.part))
    for each in facts.rest_days:
        of_person[each.person].add(_find_atom(facts, each.cohort_id, each.rest))
    return Counter(frozenset(theirs) for theirs in of_person.values())


def _find_atom(facts: PartFacts, cohort_id: int, part: str) -> Atom:
    return Atom(facts.segments.get(cohort_id, frozenset()), part)
