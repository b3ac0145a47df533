"""Screens of /export: the journey, what of it, as which file; then how far it is, and the file."""

from bot.messages.callbacks import ExportVerb
from bot.messages.message import Message, Upload, bold, join_lines, plain
from bot.messages.notice import Notice
from bot.screens.buttons import button_row
from bot.texts import Words, words_in
from bot.usecases.tables.export_to_chat import FORMATS, KINDS, ExportChoice, ExportedFile, ExportMenu
from cjm.tables.own.columns import ExportKind
from cjm.text import cut_text

MOST_LABEL, MOST_SHOWN = 60, 90  # units of a button; buttons: a message takes 100


def journey_list(menu: ExportMenu, words: Words) -> Message:
    """Offer the journeys whose rows can be exported."""
    rows = [
        button_row(cut_text(title, MOST_LABEL), ExportVerb.JOURNEY, menu.view_id, place)
        for place, (_, title) in enumerate(menu.journeys[:MOST_SHOWN])
    ]
    return Message(plain(words("export.journey" if rows else "export.none")), tuple(rows))


def kind_list(choice: ExportChoice, words: Words) -> Message:
    """Offer the kinds of rows."""
    rows = [
        button_row(_kind_name(kind, words), ExportVerb.KIND, choice.view_id, choice.place, place)
        for place, kind in enumerate(KINDS)
    ]
    back = button_row(words("manager.button.back"), ExportVerb.LIST)
    return Message(join_lines([bold(choice.title), words("export.kind")], "\n\n"), (*rows, back))


def format_list(choice: ExportChoice, kind: ExportKind, words: Words) -> Message:
    """Offer the formats, and say what such a file means for the customers in it."""
    args = (choice.view_id, choice.place)
    rows = [
        button_row(words(f"export.format.{form}"), ExportVerb.FORMAT, *args, KINDS.index(kind), place)
        for place, form in enumerate(FORMATS)
    ]
    back = button_row(words("manager.button.back"), ExportVerb.JOURNEY, *args)
    head = bold(f"{choice.title} · {_kind_name(kind, words)}")
    return Message(join_lines([head, words("export.format"), words("export.copy")], "\n\n"), (*rows, back))


def _kind_name(kind: ExportKind, words: Words) -> str:
    return words(f"export.kind.{kind}")


def progress_text(file: ExportedFile, words: Words) -> Message:
    """Say how far the file is."""
    return Message(plain(words("export.progress", file=file.name, count=words.number(file.rows.row_count))))


def finished_text(file: ExportedFile, words: Words) -> Message:
    """Say that the file is complete, or why there is none: of one too large for a chat also how to get it."""
    if file.is_forbidden:
        return Message(plain(words("export.forbidden")))
    if file.is_broken:
        return Message(plain(words("export.broken")))
    if file.is_too_large:
        key, _, rest = file.name.rpartition("-")
        command = f"tropa export {key} --what {rest.partition('.')[0]} --out {file.name}"
        return Message(plain(words("export.too_large", command=command)))
    return Message(plain(words("export.done", file=file.name, count=words.number(file.rows.row_count))))


def busy_notice(language: str) -> Notice:
    """Say that as many files as may be made at once are being made."""
    return Notice(words_in(language)("export.busy"))


def file_message(file: ExportedFile) -> Message:
    """Return the file as a document, with the customers whose rows it holds."""
    upload = Upload(file.name, b"".join(file.data), kind="document")
    return Message(plain(file.name), upload=upload, quotes=frozenset(file.people))
