"""Find what changed, all of one message in one test, and tell changes of the mix of customers from those of figures.

* The answers by cohort are read only for what was found: most weeks nothing is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, sum_by_cohort
from bot.db.journeys import cohorts
from bot.usecases.maps.read_map import MapReading, ReadPeriod
from cjm.figures.findings.compared_subjects import (
    SubjectComparison,
    leave_out_withheld,
    list_stage_comparisons,
)
from cjm.figures.findings.comparisons import Findings, find_changes, people_to_compare
from cjm.figures.findings.contributions import AnswerCounts
from cjm.figures.findings.mix import PlaceAnswers, SegmentParts, group_by_signature
from cjm.figures.score import Score, Verdict
from cjm.figures.tally import split_value_bucket
from cjm.journeys.journey import Journey
from cjm.scales import Scale


def find_map_changes(tx: Connection, reading: MapReading) -> Findings:
    """Return the changes of all stages' headline figures since the period before, or against the other side.

    A place whose figure is withheld on a side is left out: with the figures of the others, a difference within places
    would tell it.
    """
    made, figures = reading.map, (reading.current.figures, reading.previous.figures)
    judged = {
        stage.key for stage in made.stages if all(_is_judged(s, made.scale) for s in (stage.scores, stage.before))
    }
    compared = [
        leave_out_withheld(each, figures, made.minimum)
        for each in list_stage_comparisons(reading.journey, made.language, figures)
        if each.subject in judged
    ]
    enough, other = people_to_compare(made), reading.choice.other
    if other is not None and other.segment is not reading.choice.segment:
        # The segments of both sides differ by choice: their shares explain nothing.
        return find_changes(compared, enough=enough)
    sides = (reading.current, reading.previous)
    return explain_changes(tx, reading.journey, compared, sides, made.language, enough)


def _is_judged(scores: Mapping[Scale, Score], scale: Scale) -> bool:
    return scale in scores and scores[scale].verdict is Verdict.OK


def explain_changes(
    tx: Connection,
    journey: Journey,
    comparisons: Iterable[SubjectComparison],
    sides: tuple[ReadPeriod, ReadPeriod],
    language: str,
    enough: int,
) -> Findings:
    """Return what changed among the comparisons of one message, with changes of the mix of segments told apart."""
    return explain_findings(tx, journey, find_changes(comparisons, enough=enough), sides, language)


def explain_findings(
    tx: Connection, journey: Journey, findings: Findings, sides: tuple[ReadPeriod, ReadPeriod], language: str
) -> Findings:
    """Return the findings with changes of the mix of segments told apart; ``sides`` are what they compare."""
    found = findings.list_found()
    if not found or not journey.segments:
        return findings
    titles = {segment.key: segment.title.in_language(language) for segment in journey.segments}
    signatures = cohorts.list_segments(tx, journey)
    parts: dict[tuple[str, Scale], SegmentParts] = {}
    for each in found:
        now, before = (_read_by_cohort(tx, side.scope, each) for side in sides)
        parts[each.subject, each.scale] = group_by_signature(signatures, now, before)
    return findings.explain_by_segments(parts, titles)


def _read_by_cohort(tx: Connection, scope: MapScope, found: SubjectComparison) -> PlaceAnswers:
    answers: defaultdict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    places = {key.place for key in found.strata}
    for cohort, by_place in sum_by_cohort(tx, scope, sorted(places), found.scale).items():
        for place, buckets in by_place.items():
            for bucket, n in buckets.items():
                answers[place, cohort][split_value_bucket(bucket)[0]] += n
    result: dict[tuple[str, int], AnswerCounts] = dict(answers)
    return result
