"""/change plans a change, /changes lists all with their verdicts; managers take the steps, a team's chat sees them.

Invariants:
* A tap changes its message in place; only a button under a map opens a message of its own.
* A typed part is taken from the next text in the manager's chat, behind all that takes words otherwise.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import Action, ChangeVerb, Verb
from bot.messages.message import Message
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager import change_draft_screens, change_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.incoming import is_command
from bot.telegram.manager.change_messages import AskForPart, leave_question
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.texts import Words, words_in
from bot.usecases.changes.awaited_parts import PLANNED_PARTS, AwaitChangePart, AwaitedPart, ChangePart
from bot.usecases.changes.change_access import ListedChange
from bot.usecases.changes.draft_change import DraftChange
from bot.usecases.changes.drop_change import DropChange
from bot.usecases.changes.kept_draft import ChangeDraft
from bot.usecases.changes.list_changes import ListChanges
from bot.usecases.changes.mark_change_made import MarkChangeMade
from bot.usecases.changes.move_change import MoveChange
from bot.usecases.changes.plan_change import PlanChange
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer
from cjm.cases.team_change import ChangeRefusal

TakeTappedStep = Callable[[MapViewer, Action], Awaitable[ChangeRefusal | None]]
AnswerDraft = Callable[[MapViewer, Action], Awaitable[ChangeDraft | ChangeRefusal]]


class ChangeTextFilter(Filter):
    """Let the text through that a change awaits; the handler may take the ``viewer`` and the ``awaited`` part."""

    def __init__(self, recognize: RecognizeViewer, await_part: AwaitChangePart) -> None:
        self._viewers, self._await_part = MapViewerFilter(recognize, only_managers=True), await_part

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        if not message.text or is_command(message) or message.chat.type != "private":
            return False
        awaited = await self._await_part.find(senders.chat_address(message))
        found = await self._viewers(message) if awaited is not None else False
        return found | {"awaited": awaited} if isinstance(found, dict) else False


def make_router(
    recognize: RecognizeViewer,
    listing: ListChanges,
    draft: DraftChange,
    plan: PlanChange,
    made: MarkChangeMade,
    move: MoveChange,
    drop: DropChange,
    await_part: AwaitChangePart,
) -> Router:
    """Return the router for the commands and buttons of changes."""
    router = Router(name="changes")
    only_managers = MapViewerFilter(recognize, only_managers=True)
    _add_lists(router, recognize, only_managers, listing, await_part)
    ask = AskForPart(await_part)
    _add_beginnings(router, only_managers, draft, ask)
    _add_answers(router, only_managers, draft, listing, plan, ask)
    _add_steps(router, only_managers, listing, made, move, drop, await_part)
    _add_days(router, only_managers, listing, await_part, ask)
    return router


def make_text_router(
    recognize: RecognizeViewer,
    listing: ListChanges,
    draft: DraftChange,
    made: MarkChangeMade,
    move: MoveChange,
    await_part: AwaitChangePart,
) -> Router:
    """Return the router for typed parts of a change; it stands behind all that takes words otherwise."""
    router, ask = Router(name="typed parts of changes"), AskForPart(await_part)

    @router.message(ChangeTextFilter(recognize, await_part))
    async def take_part(message: types.Message, viewer: MapViewer, awaited: AwaitedPart) -> HandlerResult:
        text = message.text or ""
        if awaited.part in PLANNED_PARTS:
            return await take_planned(viewer, awaited, text)
        return await take_day(viewer, awaited, text)

    async def take_planned(viewer: MapViewer, awaited: AwaitedPart, text: str) -> HandlerResult:
        words, before = words_in(viewer.language), await draft.find_awaiting(viewer)
        taken = await draft.take_text(viewer, text)
        if isinstance(taken, ChangeRefusal) or before is None:
            return show(NewMessage(viewer.chat, _draft_message(taken, words)))
        left = leave_question(viewer, awaited, change_draft_screens.draft_screen(before, words))
        return show(*left, _show_below(ask, viewer, taken))

    async def take_day(viewer: MapViewer, awaited: AwaitedPart, text: str) -> HandlerResult:
        is_made = awaited.part is ChangePart.MADE_ON
        words, before = words_in(viewer.language), await listing.find(viewer, awaited.ref)
        refusal = await (made.on_typed_day if is_made else move.to_typed_day)(viewer, awaited.ref, text)
        found = refusal or await listing.find(viewer, awaited.ref)
        if isinstance(found, ChangeRefusal) or isinstance(before, ChangeRefusal):
            return show(NewMessage(viewer.chat, _change_message(found, words)))
        await draft.cancel(viewer)  # no further text is a day
        question = (change_screens.ask_made_day if is_made else change_screens.ask_due_day)(before, words)
        left = leave_question(viewer, awaited, question)
        return show(*left, NewMessage(viewer.chat, _change_message(found, words)))

    return router


def _add_lists(
    router: Router,
    recognize: RecognizeViewer,
    only_managers: MapViewerFilter,
    listing: ListChanges,
    await_part: AwaitChangePart,
) -> None:
    @router.message(CommandFilter(commands.CHANGES), MapViewerFilter(recognize))
    async def list_changes(message: types.Message, viewer: MapViewer) -> HandlerResult:
        found = change_screens.change_list(await listing(viewer), words_in(viewer.language))
        return show(NewMessage(viewer.chat, _in_topic(found, message)))

    @router.callback_query(CallbackFilter(ChangeVerb.LIST), MapViewerFilter(recognize))
    async def turn_page(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        page = await listing(viewer, action.number())
        return show(replace_tapped(query, change_screens.change_list(page, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ChangeVerb.SHOW), only_managers)
    async def show_change(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        await await_part.stop(viewer, action.number())
        return _show_change(query, viewer, await listing.find(viewer, action.number()))


def _add_beginnings(router: Router, only_managers: MapViewerFilter, draft: DraftChange, ask: AskForPart) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.CHANGE), only_managers)
    async def begin_draft(_message: types.Message, viewer: MapViewer) -> HandlerResult:
        return show(_show_below(ask, viewer, await draft.begin(viewer)))

    @router.callback_query(CallbackFilter(ChangeVerb.BEGIN), only_managers)
    async def begin_from_list(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        return _show_draft(query, viewer, await draft.begin(viewer), ask)

    @router.callback_query(CallbackFilter(ChangeVerb.BEGIN_AT), only_managers)
    async def begin_at_stage(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        """Begin in a message of its own: the map stays."""
        found = await draft.begin_at(viewer, action.number(), action.arg(1))
        if isinstance(found, ChangeRefusal):
            return show(notice=change_screens.refusal_notice(found, words_in(viewer.language)))
        return show(_show_below(ask, viewer, found))


def _add_answers(
    router: Router,
    only_managers: MapViewerFilter,
    draft: DraftChange,
    listing: ListChanges,
    plan: PlanChange,
    ask: AskForPart,
) -> None:
    answers: dict[Verb, AnswerDraft] = {
        ChangeVerb.CHOOSE_JOURNEY: lambda viewer, tap: draft.choose_journey(viewer, tap.number(), tap.number(1)),
        ChangeVerb.CHOOSE_PLACE: lambda viewer, tap: draft.choose_place(viewer, tap.number(), tap.arg(1)),
        ChangeVerb.CHOOSE_BARRIER: lambda viewer, tap: draft.choose_barrier(viewer, tap.number(), tap.number(1)),
        ChangeVerb.CHOOSE_OWNER: lambda viewer, tap: draft.choose_owner(
            viewer, tap.number(), is_me=bool(tap.number(1))
        ),
        ChangeVerb.CHOOSE_DUE: lambda viewer, tap: draft.choose_due(viewer, tap.number(), tap.number(1)),
        ChangeVerb.BACK: lambda viewer, tap: draft.go_back(viewer, tap.number()),
    }

    @router.callback_query(CallbackFilter(*answers), only_managers)
    async def answer_draft(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        return _show_draft(query, viewer, await answers[action.verb](viewer, action), ask)

    @router.callback_query(CallbackFilter(ChangeVerb.CANCEL), only_managers)
    async def cancel_draft(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        await draft.cancel(viewer)
        return show(replace_tapped(query, change_draft_screens.cancelled_screen(words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ChangeVerb.PLAN), only_managers)
    async def confirm_draft(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        planned = await plan(viewer, action.number())
        found = planned if isinstance(planned, ChangeRefusal) else await listing.find(viewer, planned)
        return _show_change(query, viewer, found, is_new=True)


def _add_steps(
    router: Router,
    only_managers: MapViewerFilter,
    listing: ListChanges,
    made: MarkChangeMade,
    move: MoveChange,
    drop: DropChange,
    await_part: AwaitChangePart,
) -> None:
    steps: dict[Verb, TakeTappedStep] = {
        ChangeVerb.MADE: lambda viewer, tap: made(viewer, tap.number(), tap.number(1)),
        ChangeVerb.NOT_MADE: lambda viewer, tap: made.take_back(viewer, tap.number()),
        ChangeVerb.MOVE: lambda viewer, tap: move(viewer, tap.number(), tap.number(1)),
        ChangeVerb.MOVE_BACK: lambda viewer, tap: move.take_back(viewer, tap.number(), tap.number(1)),
        ChangeVerb.DROP: lambda viewer, tap: drop(viewer, tap.number()),
        ChangeVerb.RESTORE: lambda viewer, tap: drop.restore(viewer, tap.number()),
    }

    @router.callback_query(CallbackFilter(*steps), only_managers)
    async def take_step(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        refusal = await steps[action.verb](viewer, action)
        if refusal is None:
            await await_part.stop(viewer, action.number())
        return _show_change(query, viewer, refusal or await listing.find(viewer, action.number()))


def _add_days(
    router: Router, only_managers: MapViewerFilter, listing: ListChanges, await_part: AwaitChangePart, ask: AskForPart
) -> None:
    asked: dict[Verb, tuple[ChangePart, Callable[[ListedChange, Words], Message]]] = {
        ChangeVerb.ASK_MADE: (ChangePart.MADE_ON, change_screens.ask_made_day),
        ChangeVerb.ASK_MOVE: (ChangePart.MOVED_TO, change_screens.ask_due_day),
    }

    @router.callback_query(CallbackFilter(*asked), only_managers)
    async def ask_day(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        """Ask for a day, which may be tapped or typed at once."""
        part, screen = asked[action.verb]
        found = await await_part(viewer, action.number(), part) or await listing.find(viewer, action.number())
        if isinstance(found, ChangeRefusal):
            return _show_change(query, viewer, found)
        return show(ask.in_place(query, viewer, action.number(), screen(found, words_in(viewer.language))))


def _draft_message(found: ChangeDraft | ChangeRefusal, words: Words) -> Message:
    if isinstance(found, ChangeRefusal):
        return change_screens.refusal_message(found, words)
    return change_draft_screens.draft_screen(found, words)


def _change_message(found: ListedChange | ChangeRefusal, words: Words) -> Message:
    if isinstance(found, ChangeRefusal):
        return change_screens.refusal_message(found, words)
    return change_screens.change_page(found, words)


def _show_draft(
    query: types.CallbackQuery, viewer: MapViewer, found: ChangeDraft | ChangeRefusal, ask: AskForPart
) -> HandlerResult:
    words = words_in(viewer.language)
    if isinstance(found, ChangeRefusal):
        return show(notice=change_screens.refusal_notice(found, words))
    screen = change_draft_screens.draft_screen(found, words)
    if not found.awaits_text:
        return show(replace_tapped(query, screen))
    return show(ask.in_place(query, viewer, found.view_id, screen))


def _show_below(ask: AskForPart, viewer: MapViewer, found: ChangeDraft | ChangeRefusal) -> Showing:
    message = _draft_message(found, words_in(viewer.language))
    if isinstance(found, ChangeRefusal) or not found.awaits_text:
        return NewMessage(viewer.chat, message)
    return ask.below(viewer, found.view_id, message)


def _show_change(
    query: types.CallbackQuery, viewer: MapViewer, found: ListedChange | ChangeRefusal, *, is_new: bool = False
) -> HandlerResult:
    words = words_in(viewer.language)
    if isinstance(found, ChangeRefusal):
        return show(notice=change_screens.refusal_notice(found, words))
    return show(replace_tapped(query, change_screens.change_page(found, words, is_new=is_new)))


def _in_topic(message: Message, near: types.Message) -> Message:
    """Return a message for the topic of another one."""
    return replace(message, thread=senders.find_topic(near))
