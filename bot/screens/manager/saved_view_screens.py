"""Screens of saved views: the list, one view with what can be done with it, and why a step was not taken."""

from collections.abc import Sequence

from bot.messages.callbacks import NO, YES, Action, SavedViewVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, join_lines, plain
from bot.messages.notice import Notice
from bot.screens.buttons import button_row, split_into_rows
from bot.texts import Words, words_in
from bot.usecases.maps.views.keep_views import MOST_SAVED, KeepingRefusal, ListedView
from cjm.figures.views.view_names import MOST_NAME
from cjm.text import cut_text

MOST_LABEL, VIEWS_PER_ROW = 32, 2


def saved_view_list(found: Sequence[ListedView], language: str) -> Message:
    """List the saved views with what each shows, and a button each that opens its page."""
    words = words_in(language)
    if not found:
        return Message(plain(words("views.list.none")))
    entries = [join_lines([_name(each), _about(each, words)]) for each in found]
    buttons = [
        Button(cut_text(f"★ {each.saved.name}", MOST_LABEL), Action.of(SavedViewVerb.SHOW, each.id)) for each in found
    ]
    text = join_lines([bold(words("views.list.title", n=len(found))), *entries, words("views.list.how")], "\n\n")
    return Message(text, tuple(split_into_rows(buttons, VIEWS_PER_ROW)))


def saved_view_page(found: ListedView, language: str, *, is_team: bool, is_new: bool = False) -> Message:
    """Show one saved view and what can be done with it; ``is_new`` if it was saved just now."""
    words = words_in(language)
    if found.is_deleted:
        rows: tuple[ButtonRow, ...] = (
            button_row(words("views.button.undo"), SavedViewVerb.RESTORE, found.id),
            button_row(words("views.button.back_to_list"), SavedViewVerb.LIST, YES),
        )
        return Message(plain(words("views.deleted", name=found.saved.name)), rows)
    head = [words("views.saved", name=found.saved.name)] if is_new else []
    how = words("views.how", command=f"/map {found.saved.name}")
    text = join_lines([*head, join_lines([_name(found), _about(found, words)]), how], "\n\n")
    return Message(text, tuple(_page_rows(found, words, is_team=is_team)))


def _page_rows(found: ListedView, words: Words, *, is_team: bool) -> list[ButtonRow]:
    saved = found.saved
    rows: list[ButtonRow] = [
        button_row(words("views.button.open"), SavedViewVerb.OPEN, found.id),
        (
            Button(words("views.button.rename"), Action.of(SavedViewVerb.RENAME, found.id)),
            Button(words("views.button.delete"), Action.of(SavedViewVerb.DELETE, found.id)),
        ),
    ]
    if saved.former_name:
        label = cut_text(words("views.button.former_name", name=saved.former_name), MOST_LABEL)
        rows.append(button_row(label, SavedViewVerb.TAKE_NAME_BACK, found.id))
    if is_team:  # a manager's own chat gets no digest
        label = words("views.button.whole_digest" if saved.for_digest else "views.button.digest")
        rows.append(button_row(label, SavedViewVerb.USE_FOR_DIGEST, found.id, NO if saved.for_digest else YES))
    rows.append(button_row(words("views.button.back_to_list"), SavedViewVerb.LIST, YES))
    return rows


def ask_for_name(found: ListedView, language: str, *, is_team: bool) -> Message:
    """Ask for the name of a saved view; in a group the answer must be a reply, as bots see few other messages there."""
    key = "views.name.ask_reply" if is_team else "views.name.ask"
    text = words_in(language)(key, name=found.saved.name, most=MOST_NAME)
    return Message(plain(text), force_reply=is_team)


def keeping_refused(reason: KeepingRefusal, language: str) -> Message:
    """Say why a name was not taken."""
    return Message(plain(_refusal_text(reason, words_in(language))))


def keeping_notice(reason: KeepingRefusal, language: str) -> Notice:
    """Say why a step was not taken."""
    return Notice(_refusal_text(reason, words_in(language)))


def _refusal_text(reason: KeepingRefusal, words: Words) -> str:
    return words(f"views.refused.{reason}", most=MOST_SAVED)


def _name(found: ListedView) -> Prose:
    return bold(f"★ {found.saved.name}")


def _about(found: ListedView, words: Words) -> Prose:
    lines = [found.about] if found.about != found.saved.name else []
    lines += [words("views.lost_segment")] if found.lost_segment else []
    lines += [words("views.for_digest")] if found.saved.for_digest else []
    return join_lines(lines)
