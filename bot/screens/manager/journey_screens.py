"""What a manager sees of journey files: which are in force, what a new one would change, what is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.messages.callbacks import Action, JourneyFileVerb
from bot.messages.message import Button, Message, Prose, bold, italic, lines, plain
from bot.texts import Words
from bot.usecases.journeys.change_journey import JourneysInForce, ShownProposal
from cjm.cases.case import cut
from cjm.errors import Mistake
from cjm.journeys.difference import ChangedPart, ChangeWarning, JourneyChange, JourneyDifference

MOST_ENTRIES, MOST_MISTAKES, MOST_LINE = 20, 15, 220
MOST_TEXT = 3900


def journey_list(found: Sequence[JourneysInForce], view: int, words: Words) -> Message:
    """The journeys, each with a button that gives its file."""
    told = [words("manager.journeys.one", title=j.title, key=j.key, version=j.version) for j in found]
    buttons = tuple(
        (
            Button(
                cut(words("manager.journeys.export", title=j.title), 60), Action.of(JourneyFileVerb.EXPORT, view, place)
            ),
        )
        for place, j in enumerate(found)
    )
    head = bold(words("manager.journeys.head")) if found else plain(words("manager.journeys.none"))
    return Message(lines([head, *told, "\n" + words("manager.journeys.how")]).cut(MOST_TEXT)[0], buttons[:90])


def proposal_screen(found: ShownProposal, words: Words, *, meanwhile: bool = False) -> Message:
    """What would change, what deserves a second look, and the two buttons."""
    proposal = found.proposal
    title = proposal.journey.title.in_(words.language)
    if found.view is None:
        return Message(plain(words("manager.proposal.nothing", title=title, version=proposal.version)))
    head = words("manager.proposal.new" if proposal.difference.is_new else "manager.proposal.head", title=title)
    text = lines(
        [
            plain(words("manager.proposal.meanwhile")) if meanwhile else "",
            bold(head),
            lines(_counts(proposal.difference, words)),
            lines(_entries(proposal.difference, words)),
            lines(_warnings(proposal.difference, words)),
        ],
        "\n\n",
    )
    apply = Button(words("manager.button.apply"), Action.of(JourneyFileVerb.APPLY, found.view))
    discard = Button(words("manager.button.discard"), Action.of(JourneyFileVerb.DISCARD, found.view))
    return Message(text.cut(MOST_TEXT)[0], ((apply, discard),))


def _counts(difference: JourneyDifference, words: Words) -> list[str]:
    """Of a new journey, what it has; of a change, how many of each kind."""
    if difference.is_new:
        parts = Counter(entry.part for entry in difference.entries)
        told = [words(f"manager.part.{part}", n=parts[part]) for part in ChangedPart if parts[part]]
    else:
        told = [words(f"manager.what.{what}", n=n) for what, n in difference.counts.items()]
    return [", ".join(told)]


def _entries(difference: JourneyDifference, words: Words) -> list[str]:
    if difference.is_new:
        return []
    shown = [_entry(entry, words) for entry in difference.entries[:MOST_ENTRIES]]
    return [*shown, *_more(len(difference.entries) - MOST_ENTRIES, words)]


def _entry(entry: JourneyChange, words: Words) -> str:
    name = f"“{cut(entry.title.in_(words.language), 60)}”" if entry.title else entry.path
    what = words(f"manager.entry.{entry.what}", thing=f"{words(f'manager.thing.{entry.part}')} {name}".strip())
    field = f" · {entry.field}" if entry.field and entry.field not in ("key", "title") else ""
    values = f": {entry.before or '–'} → {entry.after or '–'}" if entry.before or entry.after else ""
    return cut(f"{what}{field}{values}", MOST_LINE)


def _warnings(difference: JourneyDifference, words: Words) -> list[Prose]:
    """Each reason once, with what it is about."""
    about: dict[ChangeWarning, list[str]] = {}
    for entry in difference.warnings:
        if entry.warning is not None:
            about.setdefault(entry.warning, []).append(entry.path or "timezone")
    return [
        plain("⚠ " + words(f"manager.warn.{warn}")) + " " + italic(_list_paths(paths, words))
        for warn, paths in about.items()
    ]


def _list_paths(paths: Sequence[str], words: Words, most: int = 5) -> str:
    return ", ".join([*paths[:most], *_more(len(paths) - most, words)])


def mistake_list(mistakes: Iterable[Mistake], words: Words) -> Message:
    """Every mistake, as long as there is room."""
    found = list(mistakes)
    shown = [cut(f"• {mistake}", MOST_LINE) for mistake in found[:MOST_MISTAKES]]
    head = bold(words("manager.wrong", n=len(found)))
    text = lines([head, *shown, *_more(len(found) - MOST_MISTAKES, words), "\n" + words("manager.wrong.again")])
    return Message(text.cut(MOST_TEXT)[0])


def _more(n: int, words: Words) -> list[str]:
    return [words("manager.more", n=n)] if n > 0 else []
