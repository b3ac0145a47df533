"""A step of a conversation as a message: the question, its buttons, what was said so far, how far it is.

One message is edited from step to step. Its buttons carry the invitation's id and places in the survey's own lists, so
that they fit 64 bytes and mean the same for as long as the invitation's version is kept.
"""

from datetime import datetime
from enum import StrEnum

from bot.conversation.context import ConversationContext, until
from bot.messages.message import Action, Button, Message, Prose, bold, italic, lines, plain, quote
from bot.texts import Words
from cjm.conversation import response as talks
from cjm.conversation.response import CHANGE_WINDOW, CONTACT, DECLINED, DONE, EXPIRED, LATER, STOPPED, Raw
from cjm.figures.satisfaction import Scale, values
from cjm.journeys.survey import Option, Question, QuestionKind

FACES = {-2: "😠", -1: "🙁", 0: "😐", 1: "🙂", 2: "😀"}  # one series, five steps, no hearts: no face is the nicer one
MORE = "⋯"
_ROW = {Scale.NPS: 6}  # 0–5, 6–10 and ⋯; every other scale stands in one row
_SHORT, _QUOTED = 60, 200

Rows = tuple[tuple[Button, ...], ...]


class ConversationVerb(StrEnum):
    """What the buttons of a conversation do; the first argument is always the invitation."""

    ANSWER = "aa"  # question, value (a scale's) or option
    SKIP = "as"  # question
    BACK = "ab"
    CHANGE = "ac"  # question
    CHOOSE = "ach"  # which of the answers to change
    MENU = "am"
    RESUME = "aw"
    LATER = "al"
    MUTE = "an"
    STOP = "ax"
    REOPEN = "au"
    ENOUGH = "ae"
    CONTACT = "ak"  # 1 | 0


def screen(scene: ConversationContext, now: datetime) -> Message:
    """What the conversation's message shows at its step."""
    question = scene.talk.question
    if question is None:
        return _CLOSING[scene.talk.step](scene, now)
    return Message(_asked(scene, question), _buttons(scene, question))


def menu(scene: ConversationContext, now: datetime) -> Message:
    """The same question with what else can be done about it, instead of its answers."""
    question = scene.talk.question
    if question is None or scene.talk.finished_at is not None:
        return screen(scene, now)
    first = not scene.talk.answers and not scene.talk.skipped
    w = scene.words
    aside = [_button(w("chat.menu.later"), ConversationVerb.LATER, scene)]
    if first:
        aside.append(_button(w("chat.menu.mute"), ConversationVerb.MUTE, scene))
    else:
        aside.insert(0, _button(w("chat.menu.skip"), ConversationVerb.SKIP, scene, _place(scene, question)))
        aside.append(_button(w("chat.menu.enough"), ConversationVerb.ENOUGH, scene))
    aside += [
        _button(w("chat.menu.stop"), ConversationVerb.STOP, scene),
        _button(w("chat.back"), ConversationVerb.RESUME, scene),
    ]
    return Message(_asked(scene, question), tuple((button,) for button in aside))


def choose(scene: ConversationContext, now: datetime) -> Message:
    """Which of the answers is to be changed."""
    if scene.talk.step != DONE or not scene.talk.may_change(now):
        return screen(scene, now)
    rows = [
        (_button(_cut(_text(scene, q), 48), ConversationVerb.CHANGE, scene, _place(scene, q)),) for q in _settled(scene)
    ]
    head = _sections(_head(scene), _so_far(scene), bold(scene.words("chat.change.which")))
    return Message(head, (*rows, (_button(scene.words("chat.back"), ConversationVerb.RESUME, scene),)))


def left_behind(scene: ConversationContext) -> Message:
    """What stays of the message that showed the conversation before it went on in another one."""
    return Message(_sections(_head(scene), _so_far(scene), italic(scene.words("chat.moved"))))


def reminder(scene: ConversationContext, now: datetime, *, wanted: bool) -> Message:
    """The open question once more, in a message of its own; ``wanted`` when the customer asked for it."""
    shown = screen(scene, now)
    first = plain(scene.words("chat.reminder.later" if wanted else "chat.reminder"))
    return Message(_sections(first, shown.text), shown.buttons)


# ---- a question ------------------------------------------------------------------------------------------------------


def _asked(scene: ConversationContext, question: Question) -> Prose:
    how = _ends(scene, question)
    if question.kind is QuestionKind.TEXT:
        how = scene.words("chat.text.how")
    asked = lines([bold(_text(scene, question)), how])
    progress = talks.progress(scene.talk)
    said = ""
    if progress is not None and progress.most > 1 and scene.talk.finished_at is None:
        key = "chat.progress.exact" if progress.exact else "chat.progress.up_to"
        said = scene.words(key, at=progress.at, most=progress.most)
    return _sections(_head(scene), _so_far(scene, but=question.key), asked, italic(said) if said else plain(""))


def _ends(scene: ConversationContext, question: Question) -> str:
    """What the ends of the scale mean; "" where the buttons speak for themselves."""
    scale = question.kind.scale
    if scale is None or scale in (Scale.SUCCESS, Scale.EXPECTATION):
        return ""
    w = scene.words
    low = question.low.in_(scene.language) if question.low else w(f"chat.low.{scale}")
    high = question.high.in_(scene.language) if question.high else w(f"chat.high.{scale}")
    first, last = values(scale)[0], values(scale)[-1]
    return w("chat.ends", first=_mark(scale, first), low=low, last=_mark(scale, last), high=high)


def _mark(scale: Scale, value: int) -> str:
    return FACES[value] if scale is Scale.EMOTION else str(value)


def _buttons(scene: ConversationContext, question: Question) -> Rows:
    """Answers, "⋯" beside them, and below a way back where there is one."""
    place, w = _place(scene, question), scene.words
    scale = question.kind.scale
    more = () if scene.talk.finished_at is not None else (_button(MORE, ConversationVerb.MENU, scene),)
    below: tuple[Button, ...] = ()
    if scene.talk.finished_at is not None or place > 0:
        below = (_button(w("chat.back"), ConversationVerb.BACK, scene),)
    if question.kind is QuestionKind.TEXT:
        rows: Rows = ((_button(w("chat.skip"), ConversationVerb.SKIP, scene, place),),)
    elif scale is None:
        answers = [
            _button(o.title.in_(scene.language), ConversationVerb.ANSWER, scene, place, n)
            for n, o in _options(question)
        ]
        rows = tuple((button,) for button in answers)
    else:
        buttons = [_button(_label(w, scale, v), ConversationVerb.ANSWER, scene, place, v) for v in values(scale)]
        if scale in (Scale.SUCCESS, Scale.EXPECTATION):
            rows = (tuple(reversed(buttons)) if scale is Scale.SUCCESS else tuple(buttons),)
        else:
            return _in_rows((*buttons, *more), _ROW.get(scale, 8)) + ((below,) if below else ())
    return rows + (((*below, *more),) if below or more else ())


def _options(question: Question) -> list[tuple[int, Option]]:
    return list(enumerate(question.options))


def _in_rows(buttons: tuple[Button, ...], most: int) -> Rows:
    return tuple(buttons[start : start + most] for start in range(0, len(buttons), most))


def _label(w: Words, scale: Scale, value: int) -> str:
    if scale in (Scale.SUCCESS, Scale.EXPECTATION):
        return w(f"chat.{scale}.{value}")
    return _mark(scale, value)


def _button(label: str, verb: ConversationVerb, scene: ConversationContext, *args: int) -> Button:
    return Button(label, Action.of(verb, scene.invitation.id, *args))


def _place(scene: ConversationContext, question: Question) -> int:
    return scene.talk.survey.questions.index(question)


# ---- what was said so far --------------------------------------------------------------------------------------------


def _head(scene: ConversationContext) -> Prose:
    return italic(scene.words("chat.about", title=scene.title, day=scene.words.day(scene.invitation.day)))


def _so_far(scene: ConversationContext, but: str = "") -> Prose:
    """The answers that stand, quietly: a line each, the customer's own words as a quote."""
    return lines(_line(scene, question) for question in _settled(scene) if question.key != but)


def _settled(scene: ConversationContext) -> list[Question]:
    talk = scene.talk
    return [q for q in talks.asked(talk) if q.key in talk.answers or q.key in talk.skipped]


def _line(scene: ConversationContext, question: Question) -> Prose:
    raw = scene.talk.answers.get(question.key)
    asked, w = _cut(_text(scene, question), _SHORT), scene.words
    if raw is not None and question.kind is QuestionKind.TEXT:
        return plain(asked) + "\n" + quote(_cut(str(raw), _QUOTED))
    said = w("chat.skipped") if raw is None else answer_in_words(question, raw, scene.language, w)
    return plain(w("chat.answered", asked=asked, answer=said))


def answer_in_words(question: Question, raw: Raw, language: str, w: Words) -> str:
    """An answer as its giver would say it: a face with its name, "4 / 5", an option's title, own words."""
    scale = question.kind.scale
    if scale is None or isinstance(raw, str):
        option = question.option(str(raw))
        return option.title.in_(language) if option else str(raw)
    if scale is Scale.EMOTION:
        return f"{FACES[raw]} {w(f'chat.emotion.{raw}')}"
    if scale in (Scale.SUCCESS, Scale.EXPECTATION):
        return w(f"chat.{scale}.{raw}")
    return w("chat.of", value=raw, most=values(scale)[-1])


def _text(scene: ConversationContext, question: Question) -> str:
    return question.text.in_(scene.language)


def _cut(text: str, most: int) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= most else one_line[: most - 1].rstrip() + "…"


def _sections(*parts: Prose) -> Prose:
    return lines(parts, between="\n\n")


# ---- the ends --------------------------------------------------------------------------------------------------------


def _contact(scene: ConversationContext, _now: datetime) -> Message:
    w = scene.words
    yes, no = (
        _button(w(f"chat.contact.{word}"), ConversationVerb.CONTACT, scene, n) for word, n in (("yes", 1), ("no", 0))
    )
    text = _sections(_head(scene), _so_far(scene), bold(w("chat.contact.ask")), plain(w("chat.contact.how")))
    return Message(text, ((yes, no),))


def _done(scene: ConversationContext, now: datetime) -> Message:
    w = scene.words
    finished = scene.talk.finished_at or now
    case = plain(w("chat.done.case", number=scene.case)) if scene.case is not None else plain("")
    thanks = bold(w("chat.done.thanks" if scene.talk.answers else "chat.done.nothing"))
    if not scene.talk.may_change(now) or not _settled(scene):
        return Message(_sections(_head(scene), thanks, _so_far(scene), case))
    window = italic(w("chat.done.until", moment=until(finished + CHANGE_WINDOW, scene)))
    only = _settled(scene)
    change = (
        _button(w("chat.change"), ConversationVerb.CHANGE, scene, _place(scene, only[0]))
        if len(only) == 1
        else _button(w("chat.change"), ConversationVerb.CHOOSE, scene)
    )
    return Message(_sections(_head(scene), thanks, _so_far(scene), case, window), ((change,),))


def _later(scene: ConversationContext, now: datetime) -> Message:
    w = scene.words
    due = scene.invitation.reminded_at
    said = w("chat.later.when", moment=until(due, scene)) if due is not None and due > now else w("chat.later.open")
    return Message(
        _sections(_head(scene), _so_far(scene), plain(said)),
        ((_button(w("chat.later.now"), ConversationVerb.RESUME, scene),),),
    )


def _declined(scene: ConversationContext, _now: datetime) -> Message:
    said, undo = (
        scene.words("chat.declined", title=scene.title),
        _button(scene.words("chat.undo"), ConversationVerb.REOPEN, scene),
    )
    return Message(_sections(_head(scene), plain(said)), ((undo,),))


def _stopped(scene: ConversationContext, _now: datetime) -> Message:
    said = plain(scene.words("chat.stopped"))
    return Message(
        _sections(_head(scene), _so_far(scene), said),
        ((_button(scene.words("chat.undo"), ConversationVerb.REOPEN, scene),),),
    )


def _expired(scene: ConversationContext, _now: datetime) -> Message:
    said = "chat.expired.partly" if scene.talk.answers else "chat.expired"
    return Message(_sections(_head(scene), _so_far(scene), plain(scene.words(said))))


_CLOSING = {
    CONTACT: _contact, DONE: _done, LATER: _later, DECLINED: _declined, STOPPED: _stopped, EXPIRED: _expired
}  # fmt: skip
