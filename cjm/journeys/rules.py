"""Rules between the parts of a journey file: unique keys, references, branches, targets, languages.

Invariants:

* A rule checks what could be read (`cjm.journeys.outline`) and is silent about the rest, which pydantic reports.
* One slip is one mistake: a rule that depends on a value which is itself a mistake says nothing.
"""

from collections.abc import Iterable, Iterator, Mapping

from cjm.anonymity import ANONYMOUS_JUDGE_FROM
from cjm.file_model import parse_duration
from cjm.journeys.outline import KnownKeys, Loc, Outline, OutlineNode, text_fields
from cjm.journeys.part_rules.answer_rules import find_broken_answers, find_unmet_condition
from cjm.journeys.part_rules.diary_rules import find_broken_diary
from cjm.journeys.part_rules.order_rules import find_broken_order
from cjm.journeys.part_rules.pulse_rules import find_broken_pulse
from cjm.journeys.part_rules.reference_rules import find_broken_reference
from cjm.journeys.part_rules.target_rules import find_broken_targets
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import MOST_OPTIONS, QuestionKind, TriggerKind
from cjm.mistake_wording import quote_name
from cjm.scales import Scale
from cjm.text import clean_text, is_language

BrokenRule = tuple[Loc, str]
"""Path of a mistake, and its sentence."""


def find_broken_rules(outline: Outline, *, is_stored: bool = False) -> Iterator[BrokenRule]:
    """Yield every broken rule; the caller sorts them by place. ``is_stored`` is explained at `read_journey`."""
    if not is_stored:
        yield from _check_anonymity(outline.root)
    yield from _check_keys(outline)
    for survey in outline.surveys:
        yield from _check_survey(outline, survey)
    for question in outline.questions:
        yield from _check_question(question)
        yield from find_broken_answers(question)
        about = question.text("about")
        if about is not None:
            known, at = outline.known_stages + outline.known_touchpoints, (*question.loc, "about")
            yield from find_broken_reference(at, about, "stage or touchpoint", known, outline.former)
            yield from _check_status(outline, at, about)
    yield from find_broken_order(outline)
    yield from _check_groups(outline)
    yield from find_broken_targets(outline)
    yield from find_broken_diary(outline)


# --- settings of the whole journey


def _check_anonymity(root: OutlineNode) -> Iterator[BrokenRule]:
    """Find a limit that an anonymous journey would not keep to. A stored journey keeps its file, with a higher one."""
    judge_from = root.whole("judge_from")
    if root.data.get("anonymous") is True and judge_from is not None and 1 <= judge_from < ANONYMOUS_JUDGE_FROM:
        yield ("judge_from",), f"must be at least {ANONYMOUS_JUDGE_FROM} in an anonymous journey; or leave it out"


# --- keys


def _check_keys(outline: Outline) -> Iterator[BrokenRule]:
    for name in ("attributes", "segments", "measures", "personas", "surveys"):
        yield from _find_repeated(_list_keys(outline.root.tables(name)), f"the {name}")
    # Stages and touchpoints share one space of keys: `about` and stored answers name either of them by key alone.
    places = [*outline.stages, *outline.touchpoints]
    former = [found for node in places for found in node.texts("was")]
    yield from _find_repeated([*_list_keys(places), *former], "the stages and touchpoints, former keys included")
    # Answers are stored under the question's key alone, so it is unique in the journey, not only in its survey.
    yield from _find_repeated(_list_keys(outline.questions), "the questions of the journey")
    for question in outline.questions:
        yield from _find_repeated(_list_keys(question.tables("options")), "the options")
    for attribute in outline.root.tables("attributes"):
        yield from _find_repeated(((at, clean_text(text)) for at, text in attribute.texts("values")), "the values")
    yield from _find_repeated(outline.root.texts("languages"), "the languages")


def _list_keys(nodes: Iterable[OutlineNode]) -> Iterator[tuple[Loc, str]]:
    return (((*n.loc, "key"), n.key) for n in nodes if n.key is not None)


def _find_repeated(texts: Iterable[tuple[Loc, str]], among: str) -> Iterator[BrokenRule]:
    seen: set[str] = set()
    for at, text in texts:
        if text in seen:
            yield at, f"{quote_name(text)} is used twice among {among}; each needs its own"
        seen.add(text)


# --- references


def _check_status(outline: Outline, loc: Loc, key: str) -> Iterator[BrokenRule]:
    """Find a trigger or a question about a touchpoint that is not asked about."""
    status = next((p.text("status") for p in outline.touchpoints if p.key == key), None)
    if status in (TouchpointStatus.PLANNED, TouchpointStatus.REMOVED):
        yield loc, f"{quote_name(key)} is {status}; only a live touchpoint can be asked about"


# --- surveys and questions


def _check_survey(outline: Outline, survey: OutlineNode) -> Iterator[BrokenRule]:
    yield from _check_trigger(outline, survey)
    yield from _check_greatest_age(survey)
    yield from _check_order(survey)


def _check_trigger(outline: Outline, survey: OutlineNode) -> Iterator[BrokenRule]:
    on = survey.table("on")
    if on is None:
        return
    named = [str(kind) for kind in TriggerKind if kind in on.data]
    if len(named) > 1:
        yield on.loc, f"has {' and '.join(named)}, but a survey has one trigger; keep one of them"
    if not named:
        *others, last = TriggerKind
        yield on.loc, f'needs one of {", ".join(others)} and {last}, such as {{ touchpoint = "delivery" }}'
    for name in (*TriggerKind, "about"):
        key, at = on.text(name), (*on.loc, str(name))
        if key is not None and name != TriggerKind.PULSE:
            noun, known = _find_trigger_places(outline, name)
            yield from find_broken_reference(at, key, noun, known, outline.former)
            yield from _check_status(outline, at, key)
    yield from find_broken_pulse(survey, on)


def _find_trigger_places(outline: Outline, name: str) -> tuple[str, KnownKeys]:
    """Return what a trigger may name: the noun, and the keys that exist."""
    if name in ("about", TriggerKind.BY_HAND):
        return "stage or touchpoint", outline.known_stages + outline.known_touchpoints
    is_visit = name == TriggerKind.TOUCHPOINT
    return ("touchpoint", outline.known_touchpoints) if is_visit else ("stage", outline.known_stages)


def _check_order(survey: OutlineNode) -> Iterator[BrokenRule]:
    questions = survey.tables("questions")
    if questions and questions[0].loc[-1] == 0:  # else the first one is no table, which pydantic reports
        if questions[0].text("kind") == QuestionKind.TEXT:
            yield (*questions[0].loc, "kind"), "the first question must be answered by a tap; it cannot be of kind text"
        if "when" in questions[0].data:
            yield (*questions[0].loc, "when"), "the first question is always asked; it cannot have a when"
    for place, question in enumerate(questions[1:], 1):
        when = question.table("when")
        if when is not None:
            yield from _check_branch(when, survey, questions[:place])


def _check_greatest_age(survey: OutlineNode) -> Iterator[BrokenRule]:
    try:
        delay, age = (parse_duration(survey.data.get(name, 0)) for name in ("delay", "greatest_age"))
    except ValueError:  # pydantic reports the duration itself
        return
    if "greatest_age" in survey.data and age <= delay:
        yield (*survey.loc, "greatest_age"), "must be longer than delay, or no question is ever sent"


def _check_question(question: OutlineNode) -> Iterator[BrokenRule]:
    kind = question.text("kind")
    options = question.data.get("options", [])
    if kind == QuestionKind.CHOICE and isinstance(options, list) and not 2 <= len(options) <= MOST_OPTIONS:
        at = (*question.loc, "options") if "options" in question.data else question.loc
        yield at, f"a choice needs 2 to {MOST_OPTIONS} options; this one has {len(options)}"
    if kind in set(QuestionKind) - {QuestionKind.CHOICE} and options:
        yield (*question.loc, "options"), f'only a question of kind "choice" has options; this one is "{kind}"'
    if kind in (QuestionKind.CHOICE, QuestionKind.TEXT):
        for name in ("low", "high"):
            if name in question.data:
                yield (*question.loc, name), f'only a question on a scale has words for its ends; this one is "{kind}"'


def _check_branch(when: OutlineNode, survey: OutlineNode, earlier: list[OutlineNode]) -> Iterator[BrokenRule]:
    of = when.text("of")
    asked = next((q for q in earlier if q.key == of), None)
    if of is not None and asked is None:
        yield from _check_earlier_question(when, of, survey, earlier)
    low, high = when.whole("at_least"), when.whole("at_most")
    if low is not None and high is not None and low > high:
        yield when.loc, "at_least is more than at_most, so the question would never be asked"
    kind = asked.text("kind") if asked else None
    if asked is not None and kind in set(QuestionKind):
        yield from _check_condition(when, asked, QuestionKind(kind))
        yield from find_unmet_condition(when, asked)


def _check_earlier_question(
    when: OutlineNode, of: str, survey: OutlineNode, earlier: list[OutlineNode]
) -> Iterator[BrokenRule]:
    known = KnownKeys.of(survey, "questions", required=True)
    if of in known.valid:
        yield (*when.loc, "of"), f"{quote_name(of)} is not asked before this question"
        return
    # Later questions are no guesses: their answers come too late for this one.
    valid = tuple(q.key for q in earlier if q.key in known.valid and q.key)
    before = KnownKeys(valid, known.malformed, known.unreadable)
    yield from find_broken_reference((*when.loc, "of"), of, "earlier question of this survey", before, {})


def _check_condition(when: OutlineNode, asked: OutlineNode, kind: QuestionKind) -> Iterator[BrokenRule]:
    """Find conditions that an answer to the question ``asked``, of this kind, cannot meet."""
    name = quote_name(asked.key or "")
    if kind.scale is not None:
        yield from _check_bounds(when, kind.scale)
    elif "at_most" in when.data or "at_least" in when.data:
        remedy = 'use is = ["…"]' if kind is QuestionKind.CHOICE else "remove the bounds"
        yield when.loc, f"{name} is not answered on a scale; {remedy}"
    if kind is QuestionKind.CHOICE:
        options = KnownKeys.of(asked, "options", required=True)
        for at, label in when.texts("is"):
            yield from find_broken_reference(at, label, "option", options, {})
    elif "is" in when.data and kind is QuestionKind.TEXT:
        yield (*when.loc, "is"), f"{name} is answered in words; remove this"


def _check_bounds(when: OutlineNode, scale: Scale) -> Iterator[BrokenRule]:
    low, high = scale.spec.values[0], scale.spec.values[-1]
    if "is" in when.data:
        yield (*when.loc, "is"), f'"{scale}" is a scale from {low} to {high}; use at_most or at_least'
    for name in ("at_most", "at_least"):
        bound = when.whole(name)
        if bound is not None and not low <= bound <= high:
            yield (*when.loc, name), f"must be from {low} to {high}, the values of {scale}"


# --- groups, languages


def _check_groups(outline: Outline) -> Iterator[BrokenRule]:
    values = {
        a.key: [clean_text(text) for _, text in a.texts("values")]
        for a in outline.root.tables("attributes")
        if a.key and isinstance(a.data.get("values", []), list)
    }
    for group in (*outline.root.tables("segments"), *outline.root.tables("personas")):
        where = group.table("where")
        for name in where.data if where else ():
            at = (*group.loc, "where", name)
            yield from find_broken_reference(at, name, "attribute", outline.known_attributes, {})
            # "other" always exists: undeclared values are counted under it. Without declared values anything may come.
            known = [*values.get(name, []), "other"]
            for place, text in where.texts(name) if where and len(known) > 1 else ():
                if clean_text(text) not in known:
                    yield from find_broken_reference(
                        place, clean_text(text), "declared value", KnownKeys(tuple(known), (), 0), {}
                    )


def find_missing_languages(outline: Outline) -> Iterator[BrokenRule]:
    """Yield a broken rule for each language that texts lack, at the first of these texts."""
    declared = outline.root.data.get("languages", ["en"])
    languages = list(dict.fromkeys(text for _, text in outline.root.texts("languages"))) or ["en"]
    if not isinstance(declared, list) or not all(is_language(text) for text in languages):
        return
    for language in languages:
        missing = [loc for loc, value in _list_translated_texts(outline) if language not in value]
        if missing:
            others = len(missing) - 1
            and_others = f", like {others} other{'s' if others > 1 else ''}; add it, or take it out of languages"
            yield missing[0], f"has no text in {language}{and_others if others else ''}"


def _list_translated_texts(outline: Outline) -> Iterator[tuple[Loc, Mapping[str, object]]]:
    for node, model in outline.nodes:
        for name in text_fields(model):
            value = node.data.get(name)
            if isinstance(value, dict) and value and "" not in value:  # a bare string is meant for every language
                yield (*node.loc, name), value
