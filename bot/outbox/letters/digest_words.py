"""A digest in words: the best and the weakest stage, what really changed, cases, replies, and one next step.

Invariants:

* Only changes that the digest found are called changes. None found is "no change beyond noise", and none tested is
  "too early to tell".
* The words are the same under the picture, in the chat and on the command line.
* One comparison a message: the week against the four weeks before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.messages.message import Prose, bold, join_lines, plain
from bot.texts import Words, words_in
from cjm.figures.comparisons import SignificantChange
from cjm.figures.digest import Digest
from cjm.figures.journey_map import ChangeDirection, JourneyMap, Period
from cjm.figures.recommendation import Recommendation
from cjm.scales import Scale

MOST_CHANGES = 4
MIXED = 0.03  # of the range of the scale


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Complaints and questions: ``opened`` and ``closed`` in the week, ``waiting`` now, ``oldest`` the longest wait."""

    opened: int
    closed: int
    waiting: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class DigestReport:
    """One journey's digest: the map of 28 days, the week that was tested, and what was found."""

    map: JourneyMap
    week: Period
    digest: Digest
    cases: CaseFigures

    @property
    def words(self) -> Words:
        return words_in(self.map.language)


def digest_text(report: DigestReport) -> Prose:
    """Return the whole digest; its length is not limited."""
    return join_lines([_head(report), *_sections(report)], "\n\n")


def _head(report: DigestReport) -> Prose:
    words, period = report.words, report.map.period
    title = words("digest.title", title=report.map.title, days=words.days(report.week.first, report.week.last))
    about = words("digest.about", days=words.days(period.first, period.last))
    return join_lines([bold(title), plain(f"{about} · {_answers_count(report)}")])


def _answers_count(report: DigestReport) -> str:
    words, totals = report.words, report.map.totals
    return words("digest.answers", n=totals.answers)


def _sections(report: DigestReport) -> Iterator[Prose | str]:
    words, totals = report.words, report.map.totals
    yield join_lines(_extremes(report))
    if not (totals.visits or totals.answers):
        # The map's note above says what to do first; a next step would contradict it.
        yield _cases_line(report) if report.cases.waiting else ""
        return
    yield join_lines([*_change_lines(report)])
    yield join_lines([_cases_line(report), _response_line(report)])
    yield bold(words("digest.next")) + " " + recommendation_text(report.digest.recommendation, words)


def _extremes(report: DigestReport) -> Iterator[str]:
    """Yield the best and the weakest stage, or what is missing to tell them."""
    words, scale, digest = report.words, report.map.scale, report.digest
    for key, standing in (("digest.best", digest.best), ("digest.worst", digest.worst)):
        if standing is not None:
            people = words("digest.people", n=standing.n)
            yield words(key, title=standing.title, figure=figure_text(scale, standing.value, words), of=people)
    point = digest.worst_touchpoint
    if digest.worst is not None and point is not None:
        figure, answers = figure_text(scale, point.value, words), words("digest.answers", n=point.n)
        yield words("digest.worst_touchpoint", title=point.title, figure=figure, of=answers)
    if digest.best is None:
        yield from report.map.notes or [words("digest.not_enough")]


def figure_text(scale: Scale, value: float, words: Words) -> str:
    """Return a headline figure with its meaning: "84% satisfied", "mood +0.4", "NPS −12"."""
    return words(f"digest.figure.{scale}", value=figure_number(scale, value, words))


def figure_number(scale: Scale, value: float, words: Words) -> str:
    """Return a headline figure as its scale writes it: "84%", "+0.4", "5.8"."""
    spec = scale.spec
    if spec.is_percent:
        return words.percent(value / 100)
    return signed_number(value, spec.decimals, words) if spec.is_signed else words.number(value, spec.decimals)


def signed_number(value: float, digits: int, words: Words) -> str:
    """Return a number with its sign; one that rounds to zero has none."""
    text = words.number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text


def _change_lines(report: DigestReport) -> Iterator[Prose | str]:
    words, digest = report.words, report.digest
    if not digest.tested:
        yield plain(words("digest.too_early"))
        return
    if digest.is_steady:
        yield plain(words("digest.steady", n=digest.tested))
        return
    yield bold(words("digest.changed"))
    yield from (plain(change_text(each, words)) for each in digest.changes[:MOST_CHANGES])
    more = len(digest.changes) - MOST_CHANGES
    if more > 0:
        yield plain(words("digest.more_changes", n=more))


def change_text(significant: SignificantChange, words: Words) -> str:
    """Return one change as a line: "↓ Paying: 41% satisfied, before 58% (−17 points, 95% range −25 to −9)"."""
    change, scale = significant.change, significant.scale
    if change.points is None or change.low is None or change.high is None:
        raise ValueError("a significant change has its points and their interval")
    key = "digest.change.better" if change.direction is ChangeDirection.BETTER else "digest.change.worse"
    if _has_mix_changed(significant):
        key += ".mixed"
    return words(
        key,
        title=significant.title,
        figure=figure_text(scale, significant.now, words),
        before=figure_number(scale, significant.before, words),
        points=points_text(scale, change.points, words),
        low=signed_number(change.low, scale.spec.decimals, words),
        high=signed_number(change.high, scale.spec.decimals, words),
        people=significant.n,
    )


def _has_mix_changed(significant: SignificantChange) -> bool:
    """True when other touchpoints were answered about than before, so that the plain figures contradict the change.

    A stage's change is measured within its touchpoints; the two figures of the stage are not.
    """
    points = significant.change.points or 0.0
    least, most = significant.scale.spec.bounds
    difference = significant.now - significant.before
    return significant.is_stage and abs(difference - points) > MIXED * (most - least)


def points_text(scale: Scale, value: float, words: Words) -> str:
    """Return a difference with its sign: "−17 points"; of a mean, "−0.4"."""
    digits = scale.spec.decimals
    if digits:
        return signed_number(value, digits, words)
    unit = f"digest.points.{scale}" if words.has(f"digest.points.{scale}") else "digest.points"
    text = words(unit, n=abs(round(value)))
    return ("+" if value > 0 else "−") + text


def _cases_line(report: DigestReport) -> str:
    words, cases = report.words, report.cases
    if not (cases.opened or cases.closed or cases.waiting):
        return words("digest.cases.none")
    counts = words("digest.cases", opened=cases.opened, closed=cases.closed)
    if not cases.waiting:
        return counts
    return f"{counts} {words('digest.cases.waiting', n=cases.waiting, time=words.duration(cases.oldest))}"


def _response_line(report: DigestReport) -> str:
    words, totals = report.words, report.map.totals
    if totals.response_rate is None:  # imported answers come without invitations
        return "" if totals.answers else words("digest.response.none")
    return words("digest.response", n=totals.invitations, rate=words.percent(totals.response_rate))


def recommendation_text(recommendation: Recommendation, words: Words) -> str:
    """Return the recommended step as a sentence."""
    values: dict[str, object] = {"title": recommendation.title, "barrier": recommendation.barrier}
    if recommendation.n is not None:
        values["n"] = recommendation.n
    if recommendation.days is not None:
        values["time"] = words.duration(timedelta(days=recommendation.days))
    if recommendation.rate is not None:
        values["rate"] = words.percent(recommendation.rate)
    if recommendation.scale is not None and recommendation.points is not None:
        values["points"] = points_text(recommendation.scale, recommendation.points, words)
    return words(f"digest.step.{recommendation.kind}", **values)
