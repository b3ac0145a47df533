"""Screens of /change: one question a step, the answers so far above it, and a yes before anything is planned."""

from collections.abc import Callable, Iterator

from bot.messages.callbacks import Action, ChangeVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, join_lines, plain
from bot.screens.buttons import button_row, split_into_rows
from bot.screens.manager.change_screens import DUE_DAYS
from bot.texts import Words
from bot.usecases.changes.kept_draft import ChangeDraft, DraftStep
from cjm.cases.team_change import MOST_TITLE
from cjm.text import cut_text
from cjm.wording.verdicts.stage_change_words import due_text

MOST_LABEL = 40
MOST_SHOWN = 30  # buttons of one question: a person reads no more


def draft_screen(draft: ChangeDraft, words: Words) -> Message:
    """Ask the next question about a change."""
    if draft.step is DraftStep.JOURNEY and not draft.journeys:
        return Message(plain(words("changes.no_journey")))
    question = words(f"changes.draft.{draft.step}", most=MOST_TITLE)
    text = join_lines([join_lines(_list_answers(draft, words)), plain(question)], "\n\n")
    return Message(text, (*_OPTIONS[draft.step](draft, words), _leave_row(draft, words)))


def _list_answers(draft: ChangeDraft, words: Words) -> Iterator[Prose | str]:
    language = words.language
    if draft.title:
        yield bold(draft.title)
    if draft.place is not None and draft.journey is not None:
        titles = [draft.place.stage.title, *([draft.place.touchpoint.title] if draft.place.touchpoint else [])]
        yield " › ".join(title.in_language(language) for title in titles)
    if draft.barrier is not None:
        yield words("changes.answers", barrier=draft.barrier.title.in_language(language))
    if draft.step is DraftStep.CONFIRM:
        owner = draft.owner or words("changes.nobody")
        yield ", ".join(filter(None, (owner, due_text(draft.due, draft.today, words))))


def _leave_row(draft: ChangeDraft, words: Words) -> ButtonRow:
    cancel = Button(words("changes.button.cancel"), Action.of(ChangeVerb.CANCEL, draft.view_id))
    is_first = draft.step is DraftStep.JOURNEY or (draft.step is DraftStep.STAGE and len(draft.journeys) < 2)
    back = Button(words("manager.button.back"), Action.of(ChangeVerb.BACK, draft.view_id))
    return (cancel,) if is_first else (back, cancel)


def _list_journeys(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    for number, journey in enumerate(draft.journeys[:MOST_SHOWN]):
        yield _row(journey.title.in_language(words.language), ChangeVerb.CHOOSE_JOURNEY, draft.view_id, number)


def _list_stages(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    for number, stage in enumerate(draft.journey.stages[:MOST_SHOWN] if draft.journey else (), 1):
        title = f"{number}. {stage.title.in_language(words.language)}"
        yield _row(title, ChangeVerb.CHOOSE_PLACE, draft.view_id, stage.key)


def _list_places(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    if draft.place is not None:
        yield _row(words("changes.whole_stage"), ChangeVerb.CHOOSE_PLACE, draft.view_id, draft.place.stage.key)
    for point in draft.touchpoints[:MOST_SHOWN]:
        yield _row(point.title.in_language(words.language), ChangeVerb.CHOOSE_PLACE, draft.view_id, point.key)


def _list_barriers(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    for number, barrier in enumerate(draft.barriers[:MOST_SHOWN], 1):
        title = barrier.title.in_language(words.language)
        yield _row(title, ChangeVerb.CHOOSE_BARRIER, draft.view_id, number)
    yield _row(words("changes.no_barrier"), ChangeVerb.CHOOSE_BARRIER, draft.view_id, 0)


def _list_nothing(_draft: ChangeDraft, _words: Words) -> Iterator[ButtonRow]:
    yield from ()


def _list_owners(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    me = Button(words("changes.button.me"), Action.of(ChangeVerb.CHOOSE_OWNER, draft.view_id, 1))
    nobody = Button(words("changes.button.nobody"), Action.of(ChangeVerb.CHOOSE_OWNER, draft.view_id, 0))
    yield (me, nobody)


def _list_due_days(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    buttons = [
        Button(words("changes.button.in_days", n=n), Action.of(ChangeVerb.CHOOSE_DUE, draft.view_id, n))
        for n in DUE_DAYS
    ]
    yield from split_into_rows(buttons, len(DUE_DAYS))


def _list_confirmations(draft: ChangeDraft, words: Words) -> Iterator[ButtonRow]:
    yield _row(words("changes.button.confirm"), ChangeVerb.PLAN, draft.view_id)


_OPTIONS: dict[DraftStep, Callable[[ChangeDraft, Words], Iterator[ButtonRow]]] = {
    DraftStep.JOURNEY: _list_journeys,
    DraftStep.STAGE: _list_stages,
    DraftStep.PLACE: _list_places,
    DraftStep.BARRIER: _list_barriers,
    DraftStep.TITLE: _list_nothing,
    DraftStep.OWNER: _list_owners,
    DraftStep.DUE: _list_due_days,
    DraftStep.CONFIRM: _list_confirmations,
}


def _row(label: str, verb: ChangeVerb, *args: int | str) -> ButtonRow:
    return button_row(cut_text(label, MOST_LABEL), verb, *args)


def cancelled_screen(words: Words) -> Message:
    """Say that nothing was planned, with the way to begin again."""
    return Message(plain(words("changes.cancelled")), (button_row(words("changes.button.plan"), ChangeVerb.BEGIN),))
