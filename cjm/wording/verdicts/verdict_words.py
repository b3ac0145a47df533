"""Verdicts on changes in words: the same in the chat, in a digest and on the command line.

* A proven effect is told with its interval, the days that are compared, and the people behind both figures.
* Where the mix of answers moved, the plain figures of both sides are left out: they would contradict the effect.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from cjm.figures.findings.change_news import ChangeNews, JudgedChange
from cjm.figures.findings.change_verdict import WINDOW_DAYS
from cjm.figures.findings.comparisons import SignificantChange
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.changes import PROVEN, ChangeVerdict
from cjm.wording.change_words import (
    comparison_values,
    difference_text,
    has_contradiction,
    within_text,
)
from cjm.wording.count_words import bare_count_text, people_text
from cjm.wording.figure_words import figure_number, figure_text
from cjm.wording.verdicts.stage_change_words import due_text
from cjm.wording.words import FigureWords

MOST_NEWS = 3  # verdicts, and overdue changes, that a digest names


def verdict_text(judged: JudgedChange, words: FigureWords) -> str:
    """Return the verdict as one sentence; empty for a change that is not made, or whose place is gone."""
    verdict, change = judged.verdict, judged.change
    if change.made_on is None or judged.place is None:
        return ""
    if verdict is ChangeVerdict.TOO_EARLY:
        end = change.made_on + timedelta(days=WINDOW_DAYS + 1)
        return words("changes.verdict.too_early", day=words.days(end, end))
    if judged.result is None or verdict not in PROVEN:
        return words(f"changes.verdict.{verdict}")
    found = judged.result.change
    difference = difference_text(found, judged.result.scale, words)
    if _is_contradictory(judged.result):
        difference = f"{difference} {within_text(found, words)}"
    return words(f"changes.verdict.{verdict}", difference=difference)


def verdict_lines(judged: JudgedChange, words: FigureWords, *, counts_people: bool = True) -> Iterator[str]:
    """Yield the verdict, the figures that it compares, and what may stand behind it besides the change."""
    yield from _known_lines(judged, words, counts_people=counts_people)
    if judged.verdict in PROVEN:
        yield words("changes.no_proof")


def _known_lines(judged: JudgedChange, words: FigureWords, *, counts_people: bool) -> Iterator[str]:
    if text := verdict_text(judged, words):
        yield text
    if judged.result is not None and judged.is_known and judged.window is not None:
        days = comparison_values(judged.window, words)
        if _is_contradictory(judged.result):
            yield words("changes.days", **days)
        else:
            yield _figures_text(judged.result, days, words, counts_people=counts_people)
    if judged.has_overlap:
        yield words("changes.overlap")


def _is_contradictory(found: SignificantChange) -> bool:
    return has_contradiction(found.change, found.scale, found.now, found.before)


def _figures_text(found: SignificantChange, days: dict[str, str], words: FigureWords, *, counts_people: bool) -> str:
    return words(
        "changes.figures",
        figure=figure_text(found.scale, found.now, words),
        days=days["now"],
        people=people_text(found.n, found.n_is, words, counts_people=counts_people),
        before=figure_number(found.scale, found.before, words),
        days_before=days["before"],
        n_before=bare_count_text(found.n_before, found.n_before_is, words),
    )


def news_lines(news: ChangeNews, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield what a week brought to the changes of a journey: verdicts that became known, and what is overdue."""
    if news.known:
        yield words("changes.news")
        for judged in news.known[:MOST_NEWS]:
            yield f"• {_verdict_news(judged, journey_map, words)}"
        if (more := len(news.known) - MOST_NEWS) > 0:
            yield words("changes.news.more", n=more)
        if any(judged.verdict in PROVEN for judged in news.known[:MOST_NEWS]):
            yield words("changes.no_proof")
    if news.overdue:
        today = journey_map.as_of.date()
        entries = [
            words("changes.news.overdue.entry", title=each.change.title, who=_who_text(each, today, words))
            for each in news.overdue[:MOST_NEWS]
        ]
        left = len(news.overdue) - MOST_NEWS
        rest = [words("changes.news.more", n=left)] if left > 0 else []
        yield words("changes.news.overdue", n=len(news.overdue), list="; ".join([*entries, *rest]))


def _verdict_news(judged: JudgedChange, journey_map: JourneyMap, words: FigureWords) -> str:
    place = judged.place.part.title.in_language(words.language) if judged.place else ""
    day = judged.change.made_on or journey_map.as_of.date()
    made = words("map.lane.changes.made", day=words.days(day, day, now=journey_map.as_of.date()))
    lines = _known_lines(judged, words, counts_people=journey_map.counts_people)
    return words("changes.news.verdict", title=judged.change.title, place=place, made=made, verdict=" ".join(lines))


def _who_text(judged: JudgedChange, today: date, words: FigureWords) -> str:
    return ", ".join(filter(None, (judged.change.owner, due_text(judged.change.due, today, words))))
