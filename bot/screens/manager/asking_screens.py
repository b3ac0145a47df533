"""Words about the asking: the caption of its picture, and details by survey, hour, channel and group of visitors."""

from collections.abc import Iterator

from bot.messages.message import Message, Prose, Upload, bold, italic, join_lines, plain
from bot.screens.manager.map_buttons import view_buttons
from bot.texts import Words, words_in
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.asking.reach import HeardReport, SegmentReach
from cjm.figures.findings.asking.report import AskedPart, AskingReport
from cjm.figures.map_view import ViewContent
from cjm.wording.asking_words import (
    best_hour_text,
    heard_text,
    hour_text,
    outcome_texts,
    reach_texts,
    tally_text,
    unlike_text,
)
from cjm.wording.line_start import begin_line

MOST_UNITS = 3_900  # of a message in words: more would not fit one
MOST_UNLIKE = 2  # warnings in the caption; all stand among the visitors


def asking_picture(viewed: ViewedMap, upload: Upload | None, caption_units: int) -> Message:
    """Return the picture of the asking with its findings as the caption; without a picture, the findings alone."""
    report, words = _report_of(viewed)
    text = join_lines([_head(report, words), *_list_findings(report, words)], "\n\n")
    units = caption_units if upload is not None else MOST_UNITS
    return Message(text.split_to_fit(units)[0], view_buttons(viewed, words, 1), upload)


def asking_in_words(viewed: ViewedMap) -> Message:
    """Return the details of the asking that a view is about."""
    report, words = _report_of(viewed)
    details = {
        ViewContent.ASKED_SURVEYS: _list_surveys,
        ViewContent.ASKED_HOURS: _list_hours,
        ViewContent.ASKED_CHANNELS: _list_channels,
        ViewContent.UNHEARD: _list_visitors,
    }[viewed.view.content]
    about = italic(words(f"asked.{viewed.view.content.removeprefix('asked_')}"))
    text = join_lines([_head(report, words), about, *details(report, words)], "\n\n")
    return Message(text.split_to_fit(MOST_UNITS)[0], view_buttons(viewed, words, 1))


def _report_of(viewed: ViewedMap) -> tuple[AskingReport, Words]:
    assert viewed.asking is not None  # every view about the asking is loaded with it
    return viewed.asking, words_in(viewed.asking.language)


def _head(report: AskingReport, words: Words) -> Prose:
    about = [words.days(report.period.first, report.period.last, now=report.as_of.date())]
    about += [report.segment_title] if report.segment_title else []
    about += [words(f"map.channel.{report.channel}")] if report.channel else []
    return join_lines([bold(f"{words('asked.picture.title')}: {report.title}"), " · ".join(about)])


def _list_findings(report: AskingReport, words: Words) -> Iterator[Prose | str]:
    """Yield what a manager reads first: what became of the questions, when to ask, who is missing."""
    if not report.total.question_count:
        yield words("asked.none")
    else:
        total = tally_text(report.total, report.response_rate, words)  # the rate is that of the map of the same days
        yield join_lines([total, *_outcome_lines(report, words)])
        if best := best_hour_text(report, words):
            yield best
    if heard := heard_text(report.heard, words):
        yield heard
    yield from _list_warnings(report.heard, words, MOST_UNLIKE)
    if (diaries := report.diaries) is not None:
        volunteers = words("diaries.report.volunteers", n=diaries.volunteers)
        yield words(
            "diaries.report", volunteers=volunteers, entries=words("diaries.report.entries", n=diaries.answered)
        )


def _outcome_lines(report: AskingReport, words: Words) -> Iterator[str]:
    if report.is_anonymous:
        yield words("asked.anonymous")
    else:
        yield " · ".join(outcome_texts(report.total, words))


def _list_warnings(heard: HeardReport, words: Words, most: int | None = None) -> Iterator[str]:
    return (f"⚠️ {unlike_text(unlike, words)}" for unlike in heard.unlike[:most])


# ---- details ---------------------------------------------------------------------------------------------------------


def _list_surveys(report: AskingReport, words: Words) -> Iterator[Prose | str]:
    yield from _list_parts(report, report.surveys, words)


def _list_channels(report: AskingReport, words: Words) -> Iterator[Prose | str]:
    yield from _list_parts(report, report.channels, words)


def _list_parts(report: AskingReport, parts: tuple[AskedPart, ...], words: Words) -> Iterator[Prose | str]:
    if not parts:
        yield words("asked.none")
    for part in parts:
        outcomes = [] if report.is_anonymous else [" · ".join(outcome_texts(part.tally, words))]
        counts = tally_text(part.tally, part.tally.shown_rate, words)
        yield join_lines([bold(begin_line(part.title)), counts, *outcomes])
    if parts and report.is_anonymous:
        yield words("asked.anonymous")


def _list_hours(report: AskingReport, words: Words) -> Iterator[Prose | str]:
    if best := best_hour_text(report, words):
        yield best
    lines = [_hour_line(hour, report, words) for hour in sorted(report.hours)]
    yield join_lines(lines) if lines else words("asked.anonymous" if report.is_anonymous else "asked.hours.none")


def _hour_line(hour: int, report: AskingReport, words: Words) -> Prose:
    tally = report.hours[hour]
    if tally.shown_rate is None:
        return plain(words("asked.hour.few", hour=hour_text(hour), count=words.number(tally.question_count)))
    share, count = words.percent(tally.shown_rate), words.number(tally.over)
    line = words("asked.hour", hour=hour_text(hour), share=share, count=count)
    return bold(line) if hour == report.best_hour else plain(line)


def _list_visitors(report: AskingReport, words: Words) -> Iterator[Prose | str]:
    heard = report.heard
    if not heard.visitors:
        yield words("asked.heard.none")
        return
    yield join_lines([heard_text(heard, words), *(f"• {line}" for line in reach_texts(heard, words))])
    yield from _list_warnings(heard, words)
    for segment in heard.segments:
        if segment.visitors:
            yield _segment_lines(segment, heard, words)


def _segment_lines(segment: SegmentReach, heard: HeardReport, words: Words) -> Prose:
    if segment.groups is None:
        return plain(words("asked.segment.few", title=segment.title))
    part = HeardReport(segment.groups, is_sample=heard.is_sample)
    title = words("asked.segment", title=segment.title, count=words.number(segment.visitors))
    return join_lines([bold(title), *(f"• {line}" for line in reach_texts(part, words))])
