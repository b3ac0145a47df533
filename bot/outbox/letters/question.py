"""A step of a conversation as a message: the question, its buttons, what was said so far, how far it is.

One message is edited from step to step. Its buttons carry the invitation's id and places in the survey's own lists, so
that they fit 64 bytes and mean the same for as long as the invitation's version is kept.
"""

from datetime import datetime

from bot.conversation.context import ConversationContext, local_time_text
from bot.messages.callbacks import Action, ConversationVerb
from bot.messages.message import Button, Message, Prose, bold, italic, lines, plain, quote
from bot.texts import Words
from cjm.conversation import response as talks
from cjm.conversation.response import CHANGE_WINDOW, CONTACT, DECLINED, DONE, EXPIRED, LATER, STOPPED, Raw
from cjm.journeys.survey import Option, Question, QuestionKind
from cjm.scales import ButtonLabels, Scale

FACES = ("😠", "🙁", "😐", "🙂", "😀")  # worst first; one series, no hearts: no face is the nicer one
MORE = "⋯"
_SHORT, _QUOTED = 60, 200

Rows = tuple[tuple[Button, ...], ...]


def screen(scene: ConversationContext, now: datetime) -> Message:
    """What the conversation's message shows at its step."""
    question = scene.conversation.question
    if question is None:
        return _CLOSING[scene.conversation.step](scene, now)
    return Message(_asked(scene, question), _buttons(scene, question))


def menu(scene: ConversationContext, now: datetime) -> Message:
    """The same question with what else can be done about it, instead of its answers."""
    question = scene.conversation.question
    if question is None or scene.conversation.finished_at is not None:
        return screen(scene, now)
    first = not scene.conversation.answers and not scene.conversation.skipped
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
    if scene.conversation.step != DONE or not scene.conversation.may_change(now):
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
    progress = talks.progress(scene.conversation)
    said = ""
    if progress is not None and progress.most > 1 and scene.conversation.finished_at is None:
        key = "chat.progress.exact" if progress.exact else "chat.progress.up_to"
        said = scene.words(key, at=progress.at, most=progress.most)
    return _sections(_head(scene), _so_far(scene, but=question.key), asked, italic(said) if said else plain(""))


def _ends(scene: ConversationContext, question: Question) -> str:
    """What the ends of the scale mean; "" where the buttons speak for themselves."""
    scale = question.kind.scale
    if scale is None or not scale.spec.buttons.explains_ends:
        return ""
    w = scene.words
    low = question.low.in_(scene.language) if question.low else w(f"chat.low.{scale}")
    high = question.high.in_(scene.language) if question.high else w(f"chat.high.{scale}")
    first, last = scale.spec.values[0], scale.spec.values[-1]
    return w("chat.ends", first=_mark(scale, first), low=low, last=_mark(scale, last), high=high)


def _mark(scale: Scale, value: int) -> str:
    spec = scale.spec
    return FACES[spec.values.index(value)] if spec.buttons.labels is ButtonLabels.FACES else str(value)


def _buttons(scene: ConversationContext, question: Question) -> Rows:
    """Answers, "⋯" beside them, and below a way back where there is one."""
    place, w = _place(scene, question), scene.words
    scale = question.kind.scale
    more = () if scene.conversation.finished_at is not None else (_button(MORE, ConversationVerb.MENU, scene),)
    below: tuple[Button, ...] = ()
    if scene.conversation.finished_at is not None or place > 0:
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
        buttons = [_button(_label(w, scale, v), ConversationVerb.ANSWER, scene, place, v) for v in scale.spec.values]
        layout = scale.spec.buttons
        if layout.best_first:
            buttons.reverse()
        if layout.labels is not ButtonLabels.WORDS:
            return _in_rows((*buttons, *more), layout.per_row) + ((below,) if below else ())
        rows = (tuple(buttons),)  # words are wide: "⋯" goes below them
    return rows + (((*below, *more),) if below or more else ())


def _options(question: Question) -> list[tuple[int, Option]]:
    return list(enumerate(question.options))


def _in_rows(buttons: tuple[Button, ...], most: int) -> Rows:
    return tuple(buttons[start : start + most] for start in range(0, len(buttons), most))


def _label(w: Words, scale: Scale, value: int) -> str:
    if scale.spec.buttons.labels is ButtonLabels.WORDS:
        return w(f"chat.{scale}.{value}")
    return _mark(scale, value)


def _button(label: str, verb: ConversationVerb, scene: ConversationContext, *args: int) -> Button:
    return Button(label, Action.of(verb, scene.invitation.id, *args))


def _place(scene: ConversationContext, question: Question) -> int:
    return scene.conversation.survey.questions.index(question)


# ---- what was said so far --------------------------------------------------------------------------------------------


def _head(scene: ConversationContext) -> Prose:
    return italic(scene.words("chat.about", title=scene.title, day=scene.words.day(scene.invitation.day)))


def _so_far(scene: ConversationContext, but: str = "") -> Prose:
    """The answers that stand, quietly: a line each, the customer's own words as a quote."""
    return lines(_line(scene, question) for question in _settled(scene) if question.key != but)


def _settled(scene: ConversationContext) -> list[Question]:
    talk = scene.conversation
    return [q for q in talks.asked(talk) if q.key in talk.answers or q.key in talk.skipped]


def _line(scene: ConversationContext, question: Question) -> Prose:
    raw = scene.conversation.answers.get(question.key)
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
    match scale.spec.buttons.labels:
        case ButtonLabels.FACES:
            return f"{_mark(scale, raw)} {w(f'chat.{scale}.{raw}')}"
        case ButtonLabels.WORDS:
            return w(f"chat.{scale}.{raw}")
        case ButtonLabels.DIGITS:
            return w("chat.of", value=raw, most=scale.spec.values[-1])


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
    finished = scene.conversation.finished_at or now
    case = plain(w("chat.done.case", number=scene.case)) if scene.case is not None else plain("")
    thanks = bold(w("chat.done.thanks" if scene.conversation.answers else "chat.done.nothing"))
    if not scene.conversation.may_change(now) or not _settled(scene):
        return Message(_sections(_head(scene), thanks, _so_far(scene), case))
    window = italic(w("chat.done.until", moment=local_time_text(finished + CHANGE_WINDOW, scene)))
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
    said = w("chat.later.when", moment=local_time_text(due, scene)) if due is not None and due > now else w("chat.later.open")
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
    said = "chat.expired.partly" if scene.conversation.answers else "chat.expired"
    return Message(_sections(_head(scene), _so_far(scene), plain(scene.words(said))))


_CLOSING = {
    CONTACT: _contact, DONE: _done, LATER: _later, DECLINED: _declined, STOPPED: _stopped, EXPIRED: _expired
}  # fmt: skip
