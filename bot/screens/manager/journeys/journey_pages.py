"""Screens of /journeys: the list, the page of one journey, its file, its history, and the question before archiving."""

from bot.messages.callbacks import NO, YES, Action, JourneyFileVerb
from bot.messages.message import Button, ButtonRow, Message, Upload, bold, join_lines, plain
from bot.screens.buttons import button_row, page_buttons, split_into_rows
from bot.screens.manager.journeys.author_words import step_values
from bot.screens.manager.journeys.proposal_screens import MOST_TEXT, summarize_difference
from bot.texts import Words
from bot.usecases.journeys.manage_journeys import (
    JourneyFile,
    JourneyHistory,
    JourneyList,
    JourneyPage,
    ListedJourney,
    SavedStep,
)
from bot.usecases.journeys.read_history import PAGE, HistoryEntry
from cjm.text import cut_text

MOST_JOURNEYS = 90  # buttons: a message takes 100
MOST_LABEL = 60  # units


def journey_list(found: JourneyList, words: Words) -> Message:
    """List the journeys with what is special about each, and a button each that opens its page."""
    rows = tuple(
        button_row(cut_text(journey.title, MOST_LABEL), JourneyFileVerb.SHOW, found.view_id, place)
        for place, journey in enumerate(found.journeys[:MOST_JOURNEYS])
    )
    head = bold(words("manager.journeys.head")) if found.journeys else plain(words("manager.journeys.none"))
    lines = [_listed_line(journey, words) for journey in found.journeys]
    text = join_lines([head, *lines, "\n" + words("manager.journeys.how")])
    return Message(text.split_to_fit(MOST_TEXT)[0], rows)


def _listed_line(journey: ListedJourney, words: Words) -> str:
    values = {"title": journey.title, "key": journey.key}
    if not journey.version:
        return words("versions.list.only_draft", **values)
    marks = [("archived", journey.is_archived), ("draft", journey.has_draft)]
    said = [words(f"versions.list.{mark}") for mark, is_so in marks if is_so]
    return ", ".join([words("manager.journeys.one", version=journey.version, **values), *said])


def journey_page(page: JourneyPage, words: Words) -> Message:
    """Show which version of a journey is in force, since when and by whom, its draft, and what can be done."""
    lines = [
        _step_line("versions.page.version", page.applied, page, words, version=page.version),
        words("versions.page.restored", version=page.restores) if page.restores else "",
        "" if page.version else words("versions.page.only_draft"),
        _step_line("versions.page.archived", page.archived, page, words),
        _step_line("versions.page.draft", page.draft, page, words),
    ]
    return Message(join_lines([bold(f"{page.title} ({page.key})"), *lines]), tuple(_page_rows(page, words)))


def _step_line(key: str, step: SavedStep | None, page: JourneyPage, words: Words, **values: object) -> str:
    return words(key, **step_values(step.author, step.at, page.zone, words), **values) if step is not None else ""


def _page_rows(page: JourneyPage, words: Words) -> list[ButtonRow]:
    def button(key: str, verb: JourneyFileVerb, *args: int) -> Button:
        return Button(words(f"versions.button.{key}"), Action.of(verb, page.view_id, page.place, *args))

    rows: list[ButtonRow] = []
    if page.version:
        rows.append((button("file", JourneyFileVerb.EXPORT), button("history", JourneyFileVerb.HISTORY, 0)))
    if page.draft is not None and page.archived is None:
        rows.append((button("draft", JourneyFileVerb.SHOW_DRAFT),))
    if page.archived is not None:
        rows.append((button("unarchive", JourneyFileVerb.ARCHIVE, NO),))
    elif page.version:
        rows.append((button("archive", JourneyFileVerb.ASK_ARCHIVE),))
    return [*rows, button_row(words("versions.button.list"), JourneyFileVerb.LIST)]


def archive_question(page: JourneyPage, words: Words) -> Message:
    """Say what archiving means, and ask."""
    yes = button_row(words("versions.button.archive_now"), JourneyFileVerb.ARCHIVE, page.view_id, page.place, YES)
    return Message(plain(words("versions.archive.ask", title=page.title)), (yes, _back_row(page, words)))


def _back_row(page: JourneyPage, words: Words) -> ButtonRow:
    return button_row(words("manager.button.back"), JourneyFileVerb.SHOW, page.view_id, page.place)


def journey_file(journey: JourneyFile, words: Words) -> Message:
    """Return the file in force of a journey, as a document."""
    upload = Upload(f"{journey.key}.toml", journey.source.encode(), kind="document")
    text = words("manager.journeys.file", title=journey.title, version=journey.version)
    return Message(plain(text), upload=upload)


def history_screen(history: JourneyHistory, words: Words) -> Message:
    """List versions, the newest first, with a button each for those that can be put into force again."""
    of, page = history.of, history.page
    entries = [_history_lines(entry, of, words) for entry in page.entries]
    text = join_lines([bold(words("versions.history.head", title=of.title)), *entries], "\n\n")
    earlier = [] if of.archived is not None else [e.version for e in page.entries if e.version != of.version]
    buttons = [
        Button(
            words("versions.button.back_to", version=version),
            Action.of(JourneyFileVerb.ASK_ROLL_BACK, of.view_id, of.place, version),
        )
        for version in earlier
    ]
    labels = words("manager.button.newer"), words("manager.button.older")
    turning = page_buttons(
        JourneyFileVerb.HISTORY,
        of.view_id,
        of.place,
        labels=labels,
        skip=page.skip,
        page_size=PAGE,
        has_more=page.has_more,
    )
    return Message(text.split_to_fit(MOST_TEXT)[0], (*split_into_rows(buttons, 2), *turning, _back_row(of, words)))


def _history_lines(entry: HistoryEntry, of: JourneyPage, words: Words) -> str:
    values = step_values(entry.author, entry.applied_at, of.zone, words)
    head = words("versions.history.one", version=entry.version, **values)
    restored = words("versions.history.restored", version=entry.restores) if entry.restores else ""
    changed = summarize_difference(entry.difference, words) or words("versions.history.nothing")
    return "\n".join(filter(None, (head, restored, changed)))
