"""What the parts of a journey owe to each other. Each rule judges what could be read and is silent about the rest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from cjm.file_model import parse_duration
from cjm.journeys.journey import TouchpointStatus
from cjm.journeys.outline import KnownKeys, Loc, Outline, OutlineNode, text_fields
from cjm.journeys.survey import MOST_OPTIONS, QuestionKind
from cjm.mistake_wording import find_similar, join_names, quote_name
from cjm.scales import Scale
from cjm.text import clean_text, is_language

Finding = tuple[Loc, str]

_TRIGGERS = ("touchpoint", "enter", "leave")


def find_broken_rules(outline: Outline) -> Iterator[Finding]:
    """Every rule that is broken, rule by rule."""
    yield from _check_keys(outline)
    for survey in outline.surveys:
        yield from _check_survey(outline, survey)
    for question in outline.questions:
        yield from _check_question(question)
        about = question.text("about")
        if about is not None:
            known = outline.known_stages + outline.known_touchpoints
            yield from _check_reference((*question.loc, "about"), about, "stage or touchpoint", known, outline.former)
            yield from _check_status(outline, (*question.loc, "about"), about)
    yield from _check_groups(outline)
    yield from _check_targets(outline)
    yield from _check_languages(outline)


# --- keys


def _check_keys(outline: Outline) -> Iterator[Finding]:
    for name in ("attributes", "segments", "personas", "surveys"):
        yield from _find_repeated(_list_keys(outline.root.tables(name)), f"among the {name}")
    places = [*outline.stages, *outline.points]
    former = [found for node in places for found in node.texts("was")]
    yield from _find_repeated(
        [*_list_keys(places), *former], "among the stages and touchpoints, with their former keys"
    )
    yield from _find_repeated(_list_keys(outline.questions), "among the questions of the journey")
    for question in outline.questions:
        yield from _find_repeated(_list_keys(question.tables("options")), "among the options")
    for attribute in outline.root.tables("attributes"):
        yield from _find_repeated(
            ((at, clean_text(text)) for at, text in attribute.texts("values")), "among the values"
        )
    yield from _find_repeated(outline.root.texts("languages"), "among the languages")


def _list_keys(nodes: Iterable[OutlineNode]) -> Iterator[Finding]:
    return (((*n.loc, "key"), n.key) for n in nodes if n.key is not None)


def _find_repeated(found: Iterable[Finding], where: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, text in found:
        if text in seen:
            yield at, f"{quote_name(text)} stands twice {where}; each needs its own"
        seen.add(text)


# --- references


def _check_reference(at: Loc, key: str, what: str, known: KnownKeys, former: Mapping[str, str]) -> Iterator[Finding]:
    """A key that stands nowhere. Where a key could not be read, only a likely slip is told: it may be that one."""
    if key in known.valid or key in known.malformed or find_similar(key, known.malformed):
        return
    if key in former:
        yield at, f"{quote_name(key)} is a former key; write {quote_name(former[key])}"
    elif meant := find_similar(key, known.valid):
        yield at, f"there is no {what} {quote_name(key)}; did you mean {quote_name(meant)}?"
    elif not known.unreadable:
        there = f"; there are {join_names(known.valid)}" if known.valid else ""
        yield at, f"there is no {what} {quote_name(key)}{there}"


def _check_status(outline: Outline, at: Loc, key: str) -> Iterator[Finding]:
    status = next((p.text("status") for p in outline.points if p.key == key), None)
    if status in (TouchpointStatus.PLANNED, TouchpointStatus.REMOVED):
        yield at, f"{quote_name(key)} is {status}: only a live touchpoint can be asked about"


# --- surveys and questions


def _check_survey(outline: Outline, survey: OutlineNode) -> Iterator[Finding]:
    on = survey.table("on")
    if on is not None:
        if sum(name in on.data for name in _TRIGGERS) != 1:
            yield on.loc, 'needs one of touchpoint, enter and leave, such as { touchpoint = "delivery" }'
        for name in _TRIGGERS:
            key = on.text(name)
            if key is not None:
                point = name == "touchpoint"
                known = outline.known_touchpoints if point else outline.known_stages
                what = "touchpoint" if point else "stage"
                yield from _check_reference((*on.loc, name), key, what, known, outline.former)
                yield from _check_status(outline, (*on.loc, name), key)
    yield from _check_greatest_age(survey)
    questions = survey.tables("questions")
    if questions and questions[0].loc[-1] == 0:
        if questions[0].text("kind") == QuestionKind.TEXT:
            yield (*questions[0].loc, "kind"), "the first question is answered by a tap: it cannot be of kind text"
        if "when" in questions[0].data:
            yield (*questions[0].loc, "when"), "the first question is always asked: it cannot have a when"
    for place, question in enumerate(questions[1:], 1):
        when = question.table("when")
        if when is not None:
            yield from _check_branch(when, survey, questions[:place])


def _check_greatest_age(survey: OutlineNode) -> Iterator[Finding]:
    try:
        delay, age = (parse_duration(survey.data.get(name, 0)) for name in ("delay", "greatest_age"))
    except ValueError:
        return
    if "greatest_age" in survey.data and age <= delay:
        yield (*survey.loc, "greatest_age"), "must be longer than delay, or nobody is ever asked"


def _check_question(question: OutlineNode) -> Iterator[Finding]:
    kind = question.text("kind")
    options = question.data.get("options", [])
    if kind == QuestionKind.CHOICE and isinstance(options, list) and not 2 <= len(options) <= MOST_OPTIONS:
        at = (*question.loc, "options") if "options" in question.data else question.loc
        yield at, f"a choice needs 2 to {MOST_OPTIONS} options; here are {len(options)}"
    if kind in set(QuestionKind) - {QuestionKind.CHOICE} and options:
        yield (*question.loc, "options"), f'only a question of kind "choice" has options; this one is "{kind}"'
    if kind in (QuestionKind.CHOICE, QuestionKind.TEXT):
        for name in ("low", "high"):
            if name in question.data:
                yield (*question.loc, name), f'only a scale has ends with words; this question is "{kind}"'


def _check_branch(when: OutlineNode, survey: OutlineNode, earlier: list[OutlineNode]) -> Iterator[Finding]:
    of = when.text("of")
    asked = next((q for q in earlier if q.key == of), None)
    if of is not None and asked is None:
        known = KnownKeys.of(survey, "questions", required=True)
        before = KnownKeys(
            tuple(q.key for q in earlier if q.key in known.valid and q.key), known.malformed, known.unreadable
        )
        if of in known.valid:
            yield (*when.loc, "of"), f"{quote_name(of)} is not asked before this question"
        else:
            yield from _check_reference((*when.loc, "of"), of, "earlier question of this survey", before, {})
    low, high = when.whole("at_least"), when.whole("at_most")
    if low is not None and high is not None and low > high:
        yield when.loc, "at_least is more than at_most: this can never be so"
    kind = asked.text("kind") if asked else None
    if asked is None or kind not in set(QuestionKind):
        return
    scale = QuestionKind(kind).scale
    if scale is not None:
        yield from _check_bounds(when, scale)
    elif "at_most" in when.data or "at_least" in when.data:
        right = 'use is = ["…"]' if kind == QuestionKind.CHOICE else "leave the bounds out"
        yield when.loc, f"{quote_name(of or '')} is not a scale: {right}"
    if kind == QuestionKind.CHOICE:
        options = KnownKeys.of(asked, "options", required=True)
        for at, label in when.texts("is"):
            yield from _check_reference(at, label, "option", options, {})
    elif "is" in when.data and kind == QuestionKind.TEXT:
        yield (*when.loc, "is"), f"{quote_name(of or '')} is answered in words: leave it out"


def _check_bounds(when: OutlineNode, scale: Scale) -> Iterator[Finding]:
    low, high = scale.spec.values[0], scale.spec.values[-1]
    if "is" in when.data:
        yield (*when.loc, "is"), f'"{scale}" is a scale from {low} to {high}: use at_most or at_least'
    for name in ("at_most", "at_least"):
        bound = when.whole(name)
        if bound is not None and not low <= bound <= high:
            yield (*when.loc, name), f"must be from {low} to {high}, the values of {scale}"


# --- groups, targets, languages


def _check_groups(outline: Outline) -> Iterator[Finding]:
    values = {
        a.key: [clean_text(text) for _, text in a.texts("values")]
        for a in outline.root.tables("attributes")
        if a.key and isinstance(a.data.get("values", []), list)
    }
    for group in (*outline.root.tables("segments"), *outline.root.tables("personas")):
        where = group.table("where")
        for name in where.data if where else ():
            at = (*group.loc, "where", name)
            yield from _check_reference(at, name, "attribute", outline.known_attributes, {})
            known = [*values.get(name, []), "other"]
            for place, text in where.texts(name) if where and len(known) > 1 else ():
                if clean_text(text) not in known:
                    yield from _check_reference(
                        place, clean_text(text), "such value", KnownKeys(tuple(known), (), 0), {}
                    )


def _check_targets(outline: Outline) -> Iterator[Finding]:
    seen: Counter[tuple[str | None, str | None]] = Counter()
    for target in outline.root.tables("targets"):
        scale, stage, figure = target.text("scale"), target.text("stage"), target.number("at_least")
        if scale in set(Scale) and figure is not None:
            low, high = Scale(scale).spec.bounds
            if not low <= figure <= high:
                yield (*target.loc, "at_least"), f"must be from {low:g} to {high:g} for {scale}"
        if stage is not None:
            yield from _check_reference((*target.loc, "stage"), stage, "stage", outline.known_stages, outline.former)
        seen[scale, stage] += 1
        if scale is not None and seen[scale, stage] == 2:
            yield target.loc, "the same target stands above already; leave one of the two"


def _check_languages(outline: Outline) -> Iterator[Finding]:
    written = outline.root.data.get("languages", ["en"])
    languages = list(dict.fromkeys(text for _, text in outline.root.texts("languages"))) or ["en"]
    if not isinstance(written, list) or not all(is_language(text) for text in languages):
        return
    for node, model in outline.nodes:
        for name in text_fields(model):
            value = node.data.get(name)
            if not isinstance(value, dict) or not value or "" in value:
                continue
            missing = [language for language in languages if language not in value]
            if missing:
                yield (*node.loc, name), f"has no text in {join_names(missing)}"
