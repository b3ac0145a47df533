"""A digest in words: the best and the weakest stage, what really changed, cases, replies, and one next step.

Invariants:
* A stage is called best or weakest only where the map names it: its figure may be the lowest by chance.
* Only changes that the digest found are called changes. None found is "no change beyond noise", and none tested is
  "too early to tell".
* The words are the same under the picture, in the chat and on the command line.
* One comparison of figures a message, whose days it names: the week against the four weeks before. All changes that the
  picture marks are in the words. A verdict on a change that the team made compares days of its own, and names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.messages.message import Prose, bold, join_lines, plain
from bot.texts import Words, words_in
from cjm.figures.findings.change_news import NO_NEWS, ChangeNews
from cjm.figures.findings.comparisons import SignificantChange
from cjm.figures.findings.digest import Digest
from cjm.figures.journey_map import ChangeDirection, JourneyMap, Period, StageFigures, TouchpointFigures
from cjm.figures.score import Score, Verdict
from cjm.wording.change_words import (
    change_range_text,
    compared_days,
    comparison_values,
    difference_text,
    has_contradiction,
    has_range_first,
    mix_text,
    points_text,
    within_text,
)
from cjm.wording.count_words import bare_count_text, people_text, replies_texts
from cjm.wording.figure_words import figure_number, figure_text
from cjm.wording.step_words import recommendation_text
from cjm.wording.verdicts.verdict_words import news_lines

MOST_CHANGES = 4  # and all that the picture marks


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Complaints and questions: ``opened`` and ``closed`` in the week, ``waiting`` now, ``oldest`` the longest wait."""

    opened: int
    closed: int
    waiting: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class DigestReport:
    """One journey's digest: the map of 28 days, the week that was tested, and what was found.

    ``news`` is what the week brought to the changes that the team makes. ``view_name`` is the saved view that it was
    made with, ``lost_segment`` True if the journey no longer has that view's segment, so that the digest is about
    everyone.
    """

    map: JourneyMap
    week: Period
    digest: Digest
    cases: CaseFigures
    news: ChangeNews = NO_NEWS
    view_name: str = ""
    lost_segment: bool = False

    @property
    def words(self) -> Words:
        return words_in(self.map.language)


def list_writers(journey_map: JourneyMap) -> frozenset[int]:
    """Return the ids of the customers whose words a picture or file of the map may show, on any of its pages."""
    voices = [voice for stage in journey_map.stages for voice in stage.voices]
    voices += [persona.voice for persona in journey_map.personas if persona.voice is not None]
    voices += journey_map.day.voices if journey_map.day is not None else ()
    return frozenset(voice.writer for voice in voices if voice.writer is not None)


def digest_text(report: DigestReport) -> Prose:
    """Return the whole digest; its length is not limited."""
    return join_lines([_head(report), *_sections(report)], "\n\n")


def _head(report: DigestReport) -> Prose:
    words, period = report.words, report.map.period
    title = words("digest.title", title=report.map.title, days=words.days(report.week.first, report.week.last))
    about = words("digest.about", days=words.days(period.first, period.last))
    counted = plain(f"{about} · {words('map.answers', n=report.map.totals.answers)}")
    return join_lines([bold(title), *_narrowing_lines(report), counted])


def _narrowing_lines(report: DigestReport) -> Iterator[str]:
    """Yield what the digest is narrowed to, and that its segment is gone."""
    words, journey_map = report.words, report.map
    channel = words(f"map.channel.{journey_map.channel}") if journey_map.channel else None
    chosen = [f"★ {report.view_name}" if report.view_name else None, journey_map.segment_title, channel]
    yield " · ".join(each for each in dict.fromkeys(chosen) if each)
    if report.lost_segment:
        yield words("views.lost_segment")


def _sections(report: DigestReport) -> Iterator[Prose | str]:
    words, totals = report.words, report.map.totals
    yield join_lines(_extremes(report))
    if not (totals.visits or totals.answers):
        # The map's note above says what to do first; a next step would contradict it.
        yield _cases_line(report) if report.cases.waiting else ""
        return
    yield join_lines([*_change_lines(report)])
    yield join_lines([*news_lines(report.news, report.map, words)])
    yield join_lines([_cases_line(report), _response_line(report)])
    step = recommendation_text(report.digest.recommendation, words, report.digest.changes)
    yield bold(words("digest.next")) + " " + step


def _extremes(report: DigestReport) -> Iterator[str]:
    """Yield the best and the weakest stage and touchpoint, or what is missing to tell them."""
    words, journey_map, point = report.words, report.map, report.digest.weakest_touchpoint
    yield from extreme_lines(journey_map, words)
    if point is not None:
        yield _extreme_line("digest.worst_touchpoint", point, journey_map, words)
    if journey_map.notes:
        yield from journey_map.notes
    elif not any(map(_is_judged, _headline_scores(journey_map))):
        yield words("digest.not_enough")


def extreme_lines(journey_map: JourneyMap, words: Words) -> Iterator[str]:
    """Yield the best and the weakest stage, or that none is proven to be the weakest; nothing without two judged ones.

    A difference map is about its two sides, not about which stage is the weakest.
    """
    if journey_map.contrast is not None:
        return
    stages = {stage.key: stage for stage in journey_map.stages}
    named = [("digest.best", journey_map.best), ("digest.worst", journey_map.weakest)]
    lines = [_extreme_line(key, stages[place], journey_map, words) for key, place in named if place in stages]
    if not lines and sum(map(_is_judged, _headline_scores(journey_map))) > 1:
        lines = [words("digest.no_weakest")]
    yield from filter(None, lines)


def _headline_scores(journey_map: JourneyMap) -> list[Score | None]:
    return [stage.scores.get(journey_map.scale) for stage in journey_map.stages]


def _is_judged(score: Score | None) -> bool:
    return score is not None and score.verdict is Verdict.OK


def _extreme_line(key: str, place: StageFigures | TouchpointFigures, journey_map: JourneyMap, words: Words) -> str:
    score = place.scores.get(journey_map.scale)
    if score is None or score.value is None:
        return ""
    people = people_text(score.n, score.n_is, words, counts_people=journey_map.counts_people)
    return words(key, title=place.title, figure=figure_text(journey_map.scale, score.value, words), of=people)


def _change_lines(report: DigestReport) -> Iterator[Prose | str]:
    words, digest = report.words, report.digest
    days = comparison_values(compared_days(report.map), words)
    if not digest.tested:
        yield plain(words("digest.too_early", **days))
        return
    if digest.is_steady:
        yield plain(words("digest.steady", n=digest.tested, **days))
        return
    yield bold(words("digest.changed", **days))
    marked = sum(stage.change.direction in _MARKED for stage in report.map.stages)
    shown = max(MOST_CHANGES, marked)
    counts_people = report.map.counts_people
    yield from (plain(change_line(each, words, counts_people=counts_people)) for each in digest.changes[:shown])
    more = len(digest.changes) - shown
    if more > 0:
        yield plain(words("digest.more_changes", n=more))


_MARKED = (ChangeDirection.BETTER, ChangeDirection.WORSE, ChangeDirection.MIX)


def change_line(found: SignificantChange, words: Words, *, counts_people: bool = True) -> str:
    """Return one change as a line: "↓ Paying: 41% satisfied, before 58% (−17 points, 95% range −25 to −9)".

    Where few people answered the range comes first. Where the mix moved, the two figures are left out: side by side
    they would contradict the change.
    """
    change, scale, mix = found.change, found.scale, found.change.mix
    if change.points is None or change.low is None or change.high is None:
        raise ValueError("a significant change has its points and their interval")
    if change.direction is ChangeDirection.MIX:
        moved = words("map.change.mix.line", mix=mix_text(mix, words)) if mix else words("map.change.mix")
        return words("digest.change.mix", title=found.title, scale=words(f"map.scale.{scale}"), difference=moved)
    key = "digest.change.better" if change.direction is ChangeDirection.BETTER else "digest.change.worse"
    difference = difference_text(change, scale, words)
    if has_contradiction(change, scale, found.now, found.before):
        parts = [f"{difference} {within_text(change, words)}", mix_text(mix, words) if mix else ""]
        difference = "; ".join(filter(None, parts))
        return words(key + ".mixed", title=found.title, scale=words(f"map.scale.{scale}"), difference=difference)
    figures = {"figure": figure_text(scale, found.now, words), "before": figure_number(scale, found.before, words)}
    if has_range_first(change):
        people = people_text(found.n, found.n_is, words, counts_people=counts_people)
        n_before = bare_count_text(found.n_before, found.n_before_is, words)
        few = {"difference": difference, "people": people, "n_before": n_before}
        return words(key + ".few", title=found.title, **figures, **few)
    size = {"points": points_text(scale, change.points, words), "range": change_range_text(change, scale, words)}
    return words(key, title=found.title, **figures, **size)


def _cases_line(report: DigestReport) -> str:
    words, cases = report.words, report.cases
    if not (cases.opened or cases.closed or cases.waiting):
        return words("digest.cases.none")
    counts = words("digest.cases", opened=cases.opened, closed=cases.closed)
    if report.map.segment or report.map.channel:
        counts = f"{words('views.digest.all_cases')} {counts}"
    if not cases.waiting:
        return counts
    return f"{counts} {words('digest.cases.waiting', n=cases.waiting, time=words.duration(cases.oldest))}"


def _response_line(report: DigestReport) -> str:
    words, counts = report.words, replies_texts(report.map, report.words)
    if not counts:  # imported answers come without invitations
        return "" if report.map.totals.answers else words("digest.response.none")
    return words("digest.response", counts=", ".join(counts))
