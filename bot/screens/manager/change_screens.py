"""Screens of /changes: the list, one change with its verdict and what can be done with it, and days to choose.

* A team's chat sees the list and the verdicts; steps are offered to managers only.
* Each step shows the change after it, with the button that takes it back.
"""

from collections.abc import Iterator

from bot.messages.callbacks import Action, ChangeVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, join_lines, plain
from bot.messages.notice import Notice
from bot.screens.buttons import button_row, page_buttons, split_into_rows
from bot.texts import Words
from bot.usecases.changes.change_access import ListedChange
from bot.usecases.changes.list_changes import PAGE, ChangePage
from cjm.cases.team_change import ChangeRefusal, TeamChangeState
from cjm.figures.choices.place_barriers import find_barrier
from cjm.figures.map_parts.changes import ChangeVerdict
from cjm.text import cut_text
from cjm.wording.verdicts.stage_change_words import due_text
from cjm.wording.verdicts.verdict_words import verdict_lines

MOST_LABEL = 40
DUE_DAYS = (14, 30)
"""Days from today that are offered as a due day."""


def change_list(page: ChangePage, words: Words) -> Message:
    """List the changes with their owners, days and verdicts; managers get a button for each."""
    if not page.changes:
        return _empty_list(page, words)
    entries = [join_lines(_entry_lines(each, page, words)) for each in page.changes]
    text = join_lines([_list_head(page, words), *entries], "\n\n")
    buttons: list[ButtonRow] = []
    if page.may_plan:
        labels = [(cut_text(each.change.title, MOST_LABEL), each.change.id) for each in page.changes]
        buttons = [*split_into_rows([Button(t, Action.of(ChangeVerb.SHOW, n)) for t, n in labels], 1)]
    labels_of_pages = (words("changes.button.previous"), words("changes.button.next"))
    buttons += page_buttons(
        ChangeVerb.LIST, labels=labels_of_pages, skip=page.skip, page_size=PAGE, has_more=page.has_more
    )
    return Message(text, (*buttons, *_plan_row(page, words)))


def _empty_list(page: ChangePage, words: Words) -> Message:
    key = "changes.none" if page.has_journeys else "changes.no_journey"
    how = words("changes.none.how") if page.may_plan else ""
    return Message(plain(" ".join(filter(None, (words(key), how)))), _plan_row(page, words))


def _plan_row(page: ChangePage, words: Words) -> tuple[ButtonRow, ...]:
    return (button_row(words("changes.button.plan"), ChangeVerb.BEGIN),) if page.may_plan else ()


def _list_head(page: ChangePage, words: Words) -> Prose:
    numbers = (page.overdue, page.planned, page.made, page.dropped)
    counts = zip(("overdue", "planned", "made", "dropped"), numbers, strict=True)
    return (
        bold(words("changes.title")) + " · " + ", ".join(words(f"changes.count.{key}", n=n) for key, n in counts if n)
    )


def _entry_lines(listed: ListedChange, page: ChangePage, words: Words) -> Iterator[Prose | str]:
    yield _title(listed)
    journey = listed.journey.title.in_language(words.language) if page.names_journeys else ""
    yield " · ".join(filter(None, (journey, _place_title(listed, words))))
    yield _plan_line(listed, words)
    if listed.change.state is TeamChangeState.MADE:
        # The list names the verdict; the figures behind it stand on the change's own page.
        yield next(verdict_lines(listed.judged, words, counts_people=listed.counts_people), "")


def _title(listed: ListedChange) -> Prose:
    return plain(_MARKS.get(listed.judged.verdict, "")) + bold(listed.change.title)


_MARKS = {ChangeVerdict.OVERDUE: "❗ ", ChangeVerdict.BETTER: "↑ ", ChangeVerdict.WORSE: "↓ "}


def _place_title(listed: ListedChange, words: Words) -> str:
    place = listed.judged.place
    if place is None:
        return words("changes.place_gone")
    title = place.stage.title.in_language(words.language)
    return title if place.touchpoint is None else f"{title} › {place.touchpoint.title.in_language(words.language)}"


def _plan_line(listed: ListedChange, words: Words) -> str:
    """Return "Olga N., until 1 Dec, overdue", or "Olga N., made on 3 Nov"."""
    change = listed.change
    owner = change.owner or words("changes.nobody")
    if change.state is TeamChangeState.DROPPED:
        return f"{owner}, {words('changes.is_dropped')}"
    if change.made_on is not None:
        day = words.days(change.made_on, change.made_on, now=listed.today)
        return f"{owner}, {words('map.lane.changes.made', day=day)}"
    late = words("map.lane.changes.overdue") if listed.judged.verdict is ChangeVerdict.OVERDUE else ""
    return ", ".join(filter(None, (owner, due_text(change.due, listed.today, words), late)))


def change_page(listed: ListedChange, words: Words, *, is_new: bool = False) -> Message:
    """Show one change, and for managers what can be done with it; ``is_new`` if it was planned just now."""
    lines: list[Prose | str] = [_title(listed), _place_title(listed, words)]
    if barrier := _barrier_line(listed, words):
        lines.append(barrier)
    lines.append(_plan_line(listed, words))
    verdict = join_lines(verdict_lines(listed.judged, words, counts_people=listed.counts_people))
    head = words("changes.is_planned") if is_new else ""
    text = join_lines([plain(head), join_lines(lines), verdict], "\n\n")
    return Message(text, tuple(_step_rows(listed, words)) if listed.may_change else ())


def _barrier_line(listed: ListedChange, words: Words) -> str:
    change = listed.change
    barrier = find_barrier(listed.journey, listed.judged.place, change.question, change.option)
    return words("changes.answers", barrier=barrier.title.in_language(words.language)) if barrier else ""


def _step_rows(listed: ListedChange, words: Words) -> Iterator[ButtonRow]:
    change = listed.change
    drop = button_row(words("changes.button.drop"), ChangeVerb.DROP, change.id)
    if change.state is TeamChangeState.DROPPED:
        yield button_row(words("changes.button.restore"), ChangeVerb.RESTORE, change.id)
    elif change.state is TeamChangeState.MADE:
        yield button_row(words("changes.button.other_day"), ChangeVerb.ASK_MADE, change.id)
        yield button_row(words("changes.button.not_made"), ChangeVerb.NOT_MADE, change.id)
        yield drop
    else:
        made_on = Button(words("changes.button.made_on"), Action.of(ChangeVerb.ASK_MADE, change.id))
        yield (Button(words("changes.button.made_today"), Action.of(ChangeVerb.MADE, change.id, 0)), made_on)
        yield (Button(words("changes.button.move"), Action.of(ChangeVerb.ASK_MOVE, change.id)), *drop)
        if change.former_due is not None:
            day = words.days(change.former_due, change.former_due, now=listed.today)
            former = change.former_due.toordinal()
            yield button_row(words("changes.button.move_back", day=day), ChangeVerb.MOVE_BACK, change.id, former)
    yield button_row(words("changes.button.list"), ChangeVerb.LIST, 0)


def ask_made_day(listed: ListedChange, words: Words) -> Message:
    """Ask on which day a change was made."""
    days = {0: words("changes.button.today"), 1: words("changes.button.yesterday")}
    return _ask_day(listed, words, "made", days, ChangeVerb.MADE)


def ask_due_day(listed: ListedChange, words: Words) -> Message:
    """Ask to which day a change is moved."""
    days = {n: words("changes.button.in_days", n=n) for n in DUE_DAYS}
    return _ask_day(listed, words, "move", days, ChangeVerb.MOVE)


def _ask_day(listed: ListedChange, words: Words, question: str, days: dict[int, str], choose: ChangeVerb) -> Message:
    """Ask for a day, with a button for each of ``days`` from today; any other is typed."""
    change = listed.change
    offered = tuple(Button(label, Action.of(choose, change.id, n)) for n, label in days.items())
    back = button_row(words("manager.button.back"), ChangeVerb.SHOW, change.id)
    ask = join_lines([bold(change.title), words(f"changes.ask.{question}")], "\n\n")
    return Message(ask, (offered, back))


def refusal_text(reason: ChangeRefusal, words: Words) -> str:
    """Say why a step was not taken, and what would be right."""
    return words(f"changes.refused.{reason}")


def refusal_notice(reason: ChangeRefusal, words: Words) -> Notice:
    """Say on top of the chat why a step was not taken."""
    return Notice(refusal_text(reason, words), is_alert=True)


def refusal_message(reason: ChangeRefusal, words: Words) -> Message:
    """Say in a message why a typed text was not taken."""
    return Message(plain(refusal_text(reason, words)))
