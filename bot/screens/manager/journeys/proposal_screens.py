"""Screens for files of journeys: what a file, a draft or an earlier version would change, and the mistakes in it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.messages.callbacks import Action, JourneyFileVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, italic, join_lines, plain
from bot.screens.buttons import button_row
from bot.screens.manager.journeys.author_words import step_values
from bot.texts import Words
from bot.usecases.journeys.change_outcomes import (
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyDraftDiscarded,
    JourneyDraftKept,
    JourneyNotAllowed,
    RefusedJourneyFile,
    ShownProposal,
)
from cjm.drawing.lettering.undrawable_texts import UndrawableText
from cjm.errors import Mistake
from cjm.journeys.versions.difference import ChangedPart, ChangeWarning, JourneyChange, JourneyDifference
from cjm.text import cut_text

MOST_ENTRIES, MOST_MISTAKES = 20, 15  # listed; the rest is counted
MOST_LINE, MOST_TEXT = 220, 3900  # units

ChangeOutcome = (
    ShownProposal
    | RefusedJourneyFile
    | JourneyNotAllowed
    | JourneyApplied
    | JourneyChangedMeanwhile
    | JourneyDraftKept
    | JourneyDraftDiscarded
)


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
            return _applied_screen(outcome, words)
        case JourneyDraftKept() | JourneyDraftDiscarded():
            return _draft_screen(outcome, words)


def _applied_screen(applied: JourneyApplied, words: Words) -> Message:
    """Say what is in force now, with the button that goes back by one tap."""
    values = {"title": applied.title, "version": applied.version}
    text = (
        words("manager.proposal.applied", **values)
        if applied.restores is None
        else words("versions.back.done", restored=applied.restores, **values)
    )
    if applied.before is None or applied.view_id is None:
        return Message(plain(text))
    label = words("versions.button.back_to", version=applied.before)
    return Message(plain(text), (button_row(label, JourneyFileVerb.ROLL_BACK, applied.view_id),))


def _draft_screen(outcome: JourneyDraftKept | JourneyDraftDiscarded, words: Words) -> Message:
    """Say that a draft is kept or discarded, with the buttons that apply it, and that keep what is gone again."""
    if isinstance(outcome, JourneyDraftDiscarded):
        row = button_row(words("versions.button.keep_again"), JourneyFileVerb.KEEP_DRAFT, outcome.view_id)
        return Message(plain(words("versions.draft.discarded", title=outcome.title)), (row,))
    rows = [button_row(words("versions.button.apply_draft"), JourneyFileVerb.APPLY, outcome.view_id)]
    if outcome.replaced is not None:
        rows.append(button_row(words("versions.button.draft_before"), JourneyFileVerb.KEEP_DRAFT, outcome.replaced))
    said = words("versions.draft.replaced") if outcome.replaced is not None else ""
    return Message(join_lines([words("versions.draft.kept", title=outcome.title), said]), tuple(rows))


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
    text = join_lines(
        [
            plain(words("manager.proposal.meanwhile")) if meanwhile else "",
            bold(_head(shown, title, words)),
            _draft_line(shown, words),
            join_lines(_counts(proposal.difference, words)),
            join_lines(_entries(proposal.difference, words)),
            join_lines([*_warnings(proposal.difference, words), _hidden_places(shown, words)]),
            _undrawable_texts(proposal.undrawable, words),
        ],
        "\n\n",
    )
    return Message(text.split_to_fit(MOST_TEXT)[0], tuple(_proposal_rows(shown, shown.view_id, words)))


def _head(shown: ShownProposal, title: str, words: Words) -> str:
    if shown.restores is not None:
        return words("versions.back.head", title=title, version=shown.restores)
    return words("manager.proposal.new" if shown.proposal.difference.is_new else "manager.proposal.head", title=title)


def _draft_line(shown: ShownProposal, words: Words) -> str:
    """Say that this is the draft, or that there is another one, which keeping this file would replace."""
    if shown.draft is None:
        return ""
    values = step_values(shown.draft.author, shown.draft.saved_at, shown.proposal.journey.zone, words)
    return words("versions.draft.is_this" if shown.draft.is_this else "versions.draft.other", **values)


def _proposal_rows(shown: ShownProposal, view_id: int, words: Words) -> list[ButtonRow]:
    if shown.restores is not None:
        label = words("versions.button.back_to", version=shown.restores)
        return [
            button_row(label, JourneyFileVerb.APPLY, view_id),
            button_row(words("manager.button.discard"), JourneyFileVerb.DISCARD, view_id),
        ]
    if shown.draft is not None and shown.draft.is_this:
        return [
            button_row(words("manager.button.apply"), JourneyFileVerb.APPLY, view_id),
            button_row(words("versions.button.discard_draft"), JourneyFileVerb.DISCARD_DRAFT, view_id),
        ]
    apply = Button(words("manager.button.apply"), Action.of(JourneyFileVerb.APPLY, view_id))
    discard = Button(words("manager.button.discard"), Action.of(JourneyFileVerb.DISCARD, view_id))
    return [(apply, discard), button_row(words("versions.button.keep"), JourneyFileVerb.KEEP_DRAFT, view_id)]


def _hidden_places(shown: ShownProposal, words: Words) -> Prose:
    """Name the places with answers that the earlier version does not have."""
    titles = [each.title.in_language(words.language) if each.title else each.path for each in shown.hidden]
    if not titles:
        return plain("")
    return plain("⚠ " + words("versions.back.hidden") + ": ") + italic(_list_paths(titles, words))


def _counts(difference: JourneyDifference, words: Words) -> list[str]:
    """Count the parts of a new journey, or the changes of an existing one by their kind."""
    if difference.is_new:
        parts = Counter(entry.part for entry in difference.entries)
        counts = [words(f"manager.part.{part}", n=parts[part]) for part in ChangedPart if parts[part]]
    else:
        counts = [words(f"manager.what.{what}", n=n) for what, n in difference.counts.items()]
    return [", ".join(counts)]


def summarize_difference(difference: JourneyDifference, words: Words) -> str:
    """Return what a version changed, on one line: its first change, and how many there are beside it."""
    if difference.is_new:
        return ", ".join(_counts(difference, words))
    first = [_entry(entry, words) for entry in difference.entries[:1]]
    return " ".join([*first, *_more(len(difference.entries) - 1, words)])


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
