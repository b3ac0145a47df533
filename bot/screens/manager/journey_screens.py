"""Screens for journey files: those in force, what a new one would change, and the mistakes in it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.messages.callbacks import Action, JourneyFileVerb
from bot.messages.message import Button, Message, Prose, Upload, bold, italic, join_lines, plain
from bot.screens.buttons import button_row
from bot.texts import Words
from bot.usecases.journeys.change_journey import (
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyInForce,
    JourneyNotAllowed,
    RefusedJourneyFile,
    ShownProposal,
)
from cjm.drawing.lettering.undrawable_texts import UndrawableText
from cjm.errors import Mistake
from cjm.journeys.difference import ChangedPart, ChangeWarning, JourneyChange, JourneyDifference
from cjm.text import cut_text

MOST_ENTRIES, MOST_MISTAKES = 20, 15  # listed; the rest is counted
MOST_FILES = 90  # buttons: a message takes 100
MOST_LINE, MOST_LABEL, MOST_TEXT = 220, 60, 3900  # units

ChangeOutcome = ShownProposal | RefusedJourneyFile | JourneyNotAllowed | JourneyApplied | JourneyChangedMeanwhile


def journey_list(journeys: Sequence[JourneyInForce], view_id: int, words: Words) -> Message:
    """List the journeys in force, with a button each that sends its file."""
    entries = [words("manager.journeys.one", title=j.title, key=j.key, version=j.version) for j in journeys]
    rows = tuple(
        button_row(
            cut_text(words("manager.journeys.export", title=journey.title), MOST_LABEL),
            JourneyFileVerb.EXPORT,
            view_id,
            place,
        )
        for place, journey in enumerate(journeys[:MOST_FILES])
    )
    head = bold(words("manager.journeys.head")) if journeys else plain(words("manager.journeys.none"))
    text = join_lines([head, *entries, "\n" + words("manager.journeys.how")])
    return Message(text.split_to_fit(MOST_TEXT)[0], rows)


def journey_file(journey: JourneyInForce, words: Words) -> Message:
    """Return the file in force of a journey, as a document."""
    upload = Upload(f"{journey.key}.toml", journey.source.encode(), kind="document")
    text = words("manager.journeys.file", title=journey.title, version=journey.version)
    return Message(plain(text), upload=upload)


def wrong_file(words: Words) -> Message:
    return Message(plain(words("manager.file.no_toml")))


def too_large_file(most_bytes: int, words: Words) -> Message:
    return Message(plain(words("manager.file.too_large", most=most_bytes // 1000)))


def unreachable_file(words: Words) -> Message:
    """Say that the file could not be fetched from the messenger."""
    return Message(plain(words("manager.file.unreachable")))


def change_outcome(outcome: ChangeOutcome, words: Words) -> Message:
    """Show what a file would change, or what became of it."""
    match outcome:
        case ShownProposal():
            return proposal_screen(outcome, words)
        case JourneyChangedMeanwhile():
            return proposal_screen(outcome.latest, words, meanwhile=True)
        case RefusedJourneyFile():
            return mistake_list(outcome.mistakes, words)
        case JourneyNotAllowed():
            return Message(plain(words("manager.proposal.not_yours", key=outcome.journey)))
        case JourneyApplied():
            return Message(plain(words("manager.proposal.applied", title=outcome.title, version=outcome.version)))


def discarded_change(words: Words) -> Message:
    return Message(plain(words("manager.proposal.discarded")))


def proposal_screen(shown: ShownProposal, words: Words, *, meanwhile: bool = False) -> Message:
    """Show what would change and what deserves a second look, with the buttons that apply and discard it.

    ``meanwhile`` tells that the journey was changed since the reader saw the proposal last.
    """
    proposal = shown.proposal
    title = proposal.journey.title.in_language(words.language)
    if shown.view_id is None:
        return Message(plain(words("manager.proposal.nothing", title=title, version=proposal.version)))
    head = words("manager.proposal.new" if proposal.difference.is_new else "manager.proposal.head", title=title)
    text = join_lines(
        [
            plain(words("manager.proposal.meanwhile")) if meanwhile else "",
            bold(head),
            join_lines(_counts(proposal.difference, words)),
            join_lines(_entries(proposal.difference, words)),
            join_lines(_warnings(proposal.difference, words)),
            _undrawable_texts(proposal.undrawable, words),
        ],
        "\n\n",
    )
    apply = Button(words("manager.button.apply"), Action.of(JourneyFileVerb.APPLY, shown.view_id))
    discard = Button(words("manager.button.discard"), Action.of(JourneyFileVerb.DISCARD, shown.view_id))
    return Message(text.split_to_fit(MOST_TEXT)[0], ((apply, discard),))


def _counts(difference: JourneyDifference, words: Words) -> list[str]:
    """Count the parts of a new journey, or the changes of an existing one by their kind."""
    if difference.is_new:
        parts = Counter(entry.part for entry in difference.entries)
        counts = [words(f"manager.part.{part}", n=parts[part]) for part in ChangedPart if parts[part]]
    else:
        counts = [words(f"manager.what.{what}", n=n) for what, n in difference.counts.items()]
    return [", ".join(counts)]


def _entries(difference: JourneyDifference, words: Words) -> list[str]:
    if difference.is_new:
        return []  # the counts say it: a list of everything that is new would say no more
    shown = [_entry(entry, words) for entry in difference.entries[:MOST_ENTRIES]]
    return [*shown, *_more(len(difference.entries) - MOST_ENTRIES, words)]


def _entry(entry: JourneyChange, words: Words) -> str:
    title = cut_text(entry.title.in_language(words.language), 60) if entry.title else ""
    name = words("map.quote", text=title) if title else entry.path
    what = words(f"manager.entry.{entry.type}", thing=f"{words(f'manager.thing.{entry.part}')} {name}".strip())
    # A new key or title is named by the entry itself.
    field = f" · {entry.field}" if entry.field and entry.field not in ("key", "title") else ""
    values = f": {entry.before or '–'} → {entry.after or '–'}" if entry.before or entry.after else ""
    return cut_text(f"{what}{field}{values}", MOST_LINE)


def _warnings(difference: JourneyDifference, words: Words) -> list[Prose]:
    """Return each reason once, with the parts of the journey that it is about."""
    about: dict[ChangeWarning, list[str]] = {}
    for entry in difference.warnings:
        if entry.warning is not None:
            about.setdefault(entry.warning, []).append(entry.path)
    return [
        # The journey as a whole has no path: its warning stands alone.
        plain("⚠ " + words(f"manager.warn.{warn}"))
        + (plain(": ") + italic(_list_paths(paths, words)) if any(paths) else plain("."))
        for warn, paths in about.items()
    ]


def _undrawable_texts(found: Sequence[UndrawableText], words: Words) -> Prose:
    """Return the advice about letters that no font has, with the texts that have them."""
    named = [f"{text.path} ({text.shown_letters})" for text in found]
    return plain("⚠ " + words("drawing.undrawable") + ": ") + italic(_list_paths(named, words)) if named else plain("")


def _list_paths(paths: Sequence[str], words: Words, most: int = 5) -> str:
    return ", ".join([*paths[:most], *_more(len(paths) - most, words)])


def mistake_list(mistakes: Iterable[Mistake], words: Words) -> Message:
    """List the mistakes of a file, as many as there is room for, and count the rest."""
    every = list(mistakes)
    shown = [cut_text(f"• {mistake}", MOST_LINE) for mistake in every[:MOST_MISTAKES]]
    head = bold(words("manager.wrong", n=len(every)))
    text = join_lines([head, *shown, *_more(len(every) - MOST_MISTAKES, words), "\n" + words("manager.wrong.again")])
    return Message(text.split_to_fit(MOST_TEXT)[0])


def _more(n: int, words: Words) -> list[str]:
    """Return the line that counts what is not listed."""
    return [words("manager.more", n=n)] if n > 0 else []
