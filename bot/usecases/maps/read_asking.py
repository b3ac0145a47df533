"""Read what became of a journey's questions in a period, and who of its visitors was heard.

Invariants:
* Everything comes from one state of the database; the response rate is that of the map of the same period.
* Counters tell what became of questions; people are read as far as `bot.db.figures.asking.visitors` bounds it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.db.diary.diary_counts import count_diaries
from bot.db.engine.database import Connection
from bot.db.figures.asking.asking_sums import read_asking
from bot.db.figures.asking.visitors import find_visitors
from bot.db.figures.map_sums import MapScope, find_cohorts
from bot.db.journeys import cohorts
from bot.texts import words_in
from bot.usecases.maps.read_map import MapChoice
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.reach import HeardReport
from cjm.figures.findings.asking.heard_visitors import NamedSegment, report_heard
from cjm.figures.findings.asking.report import AskedPart, AskingReport, AskingTally
from cjm.figures.score import Thresholds
from cjm.journeys.journey import Journey


def read_asking_report(
    tx: Connection,
    choice: MapChoice,
    minimum: int,
    now: datetime,
    remind_after: timedelta,
    response_rate: float | None,
) -> AskingReport:
    """Return the report about the asking of a choice; ``response_rate`` is that of its map."""
    journey, language, scope = choice.journey, choice.language, find_scope(tx, choice)
    sums = read_asking(tx, scope, remind_after, now)
    words = words_in(language)
    channels = {key: words(f"map.channel.{key}") if words.has(f"map.channel.{key}") else key for key in sums.channels}
    return AskingReport(
        journey=journey.key,
        title=journey.title.in_language(language),
        language=language,
        period=choice.period,
        as_of=now.astimezone(journey.zone),
        segment_title=choice.segment.title.in_language(language) if choice.segment else None,
        channel=choice.channel,
        is_anonymous=journey.anonymous,
        total=_sum_up(sums.surveys.values()),
        response_rate=response_rate,
        surveys=_order_parts(sums.surveys, name_surveys(journey, sums.surveys, language)),
        channels=_order_parts(sums.channels, channels),
        hours=sums.hours,
        heard=read_heard(tx, choice, minimum),
        diaries=count_diaries(tx, scope),
    )


def read_heard(tx: Connection, choice: MapChoice, minimum: int) -> HeardReport:
    """Return who of the visitors of a choice was heard; segments are compared unless the choice is one of them."""
    journey = choice.journey
    found = find_visitors(tx, find_scope(tx, choice))
    thresholds = Thresholds.of_journey(journey, minimum)
    return report_heard(
        found.visitors,
        () if choice.segment else _name_segments(tx, journey, choice.language),
        is_anonymous=journey.anonymous,
        minimum=thresholds.minimum,
        judge_from=thresholds.judge_from,
        is_sample=found.is_sample,
    )


def find_scope(tx: Connection, choice: MapChoice) -> MapScope:
    """Return the part of the journey that a choice covers."""
    cohort_ids = find_cohorts(tx, choice.journey, choice.segment)
    return MapScope(choice.journey, choice.period.first, choice.period.last, cohort_ids, choice.channel)


def _name_segments(tx: Connection, journey: Journey, language: str) -> list[NamedSegment]:
    keys = cohorts.list_segments(tx, journey) if journey.segments else {}
    return [
        NamedSegment(
            segment.key,
            segment.title.in_language(language),
            frozenset(number for number, of_cohort in keys.items() if segment.key in of_cohort),
        )
        for segment in journey.segments
    ]


def name_surveys(journey: Journey, keys: Iterable[str], language: str) -> dict[str, str]:
    """Return the titles of the places that surveys ask about, with their triggers where several ask about one place.

    Surveys of one place and trigger are numbered. A survey that the journey has no more is told by its key.
    """
    found = {key: _name_survey(journey, key, language) for key in sorted(keys)}
    places = Counter(place for place, _ in found.values())
    titles = {k: place if places[place] == 1 else f"{place} ({trigger})" for k, (place, trigger) in found.items()}
    times, seen, named = Counter(titles.values()), Counter[str](), {}
    for key, title in titles.items():
        seen[title] += 1
        named[key] = title if times[title] == 1 else f"{title} {seen[title]}"
    return named


def _name_survey(journey: Journey, key: str, language: str) -> tuple[str, str]:
    """Return the title of the place that a survey asks about first, and its trigger in words."""
    words, survey = words_in(language), journey.find_survey(key)
    if survey is None:
        return words("asked.survey.gone", key=key), ""
    about = survey.questions[0].about or survey.on.subject
    titles = [
        place.part.title.in_language(language) for place in map(journey.find_place, (about, survey.on.subject)) if place
    ]
    trigger = words(f"asked.trigger.{survey.on.kind}")
    return titles[0], trigger if len(set(titles)) == 1 else f"{titles[-1]}: {trigger}"


def _order_parts(tallies: Mapping[str, AskingTally], titles: Mapping[str, str]) -> tuple[AskedPart, ...]:
    parts = [AskedPart(key, titles[key], tally) for key, tally in tallies.items()]
    return tuple(sorted(parts, key=lambda part: (-part.tally.question_count, part.key)))


def _sum_up(tallies: Iterable[AskingTally]) -> AskingTally:
    counts: Counter[AskingOutcome] = Counter()
    young = 0
    for tally in tallies:
        counts.update(tally.counts)
        young += tally.young
    return AskingTally(dict(counts), young)
