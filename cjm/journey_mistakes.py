"""What is wrong with a journey file, said so that its author can mend it: all of it at once."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from cjm.errors import Mistake
from cjm.journey import Journey, Status
from cjm.satisfaction import Scale
from cjm.survey import Kind, Survey, Text

_RANGE = {
    Kind.EMOTION: (-2, 2),
    Kind.CSAT: (1, 5),
    Kind.CES: (1, 7),
    Kind.NPS: (0, 10),
    Kind.SUCCESS: (0, 2),
    Kind.EXPECTATION: (-1, 1),
}
_TARGET = {Scale.EMOTION: (-2, 2), Scale.CES: (1, 7), Scale.NPS: (-100, 100), Scale.EXPECTATION: (-100, 100)}

_SAID = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list, such as [ … ]",
    "dict_type": "must be a table, such as { … }",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "date_from_datetime_parsing": "must be a date, such as 2027-01-31",
    "date_parsing": "must be a date, such as 2027-01-31",
    "date_type": "must be a date, such as 2027-01-31",
}


def syntax_mistake(error: ValueError) -> Mistake:
    """TOML that cannot be read at all; tomllib names the line itself."""
    return Mistake("", f"this is not valid TOML: {error}")


def mistakes_of(error: ValidationError, data: object) -> list[Mistake]:
    """Pydantic's findings as sentences, with key paths that use the items' own keys."""
    found = error.errors(include_url=False, include_input=False)
    places = [e["loc"] for e in found]
    return [
        Mistake(_path(e["loc"], data), _sentence(dict(e)))
        for e in found
        # A list whose items are wrong also reports itself as too short: that would be a mistake nobody made.
        if e["type"] != "too_short"
        or not any(p[: len(e["loc"])] == e["loc"] and len(p) > len(e["loc"]) for p in places)
    ]


def _path(loc: Sequence[int | str], data: object) -> str:
    """("stages", 2, "title") -> "stages.delivery.title", or "stages[3].title" when the third has no key."""
    path, here = "", data
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, (list, tuple)) and step < len(here) else None
            key = here.get("key") if isinstance(here, Mapping) else None
            path += (
                f".{key}"
                if isinstance(key, str) and key.isprintable() and len(key) <= 40
                else f"[{step + 1}]"
            )
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
            path += f".{step}" if path else str(step)
    return path


def _sentence(found: dict[str, Any]) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown_key(found["loc"])
    if kind == "enum":
        return f"must be one of {context['expected']}"
    if kind == "string_pattern_mismatch":
        return (
            "a key is small letters, digits, - and _, begins with a letter and has at most 40 of them"
            if "a-z0-9" in context["pattern"]
            else "must be two small letters, such as en"
        )
    if kind in ("too_short", "too_long"):
        side = (
            "at least " + str(context["min_length"])
            if kind == "too_short"
            else "at most " + str(context["max_length"])
        )
        return (
            f"has {context['actual_length']} entries; {side} are needed"
            if kind == "too_short"
            else f"has too many entries; {side} are allowed"
        )
    if kind.startswith(("greater_than", "less_than")):
        sign = {
            "greater_than": "more than",
            "greater_than_equal": "at least",
            "less_than": "less than",
            "less_than_equal": "at most",
        }[kind]
        return f"must be {sign} {next(iter(context.values()))}"
    return _SAID.get(kind, str(found["msg"]).lower())


def _unknown_key(loc: Sequence[int | str]) -> str:
    names = {"is"} | {name for model in _models(Journey) for name in model.model_fields}
    near = difflib.get_close_matches(str(loc[-1]), sorted(names), 1)
    return "is not a key that can stand here" + (
        f"; did you mean {near[0]}?" if near and near[0] != loc[-1] else ""
    )


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    from cjm import journey, survey

    for module in (journey, survey):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                yield value


def cross_checks(journey: Journey) -> list[Mistake]:
    """What only shows when the parts are held together."""
    return [
        *_keys_unique(journey), *_surveys_fit(journey), *_rules_fit(journey), *_targets_fit(journey), *_languages_fit(journey)
    ]  # fmt: skip


def _keys_unique(journey: Journey) -> Iterator[Mistake]:
    stages = [s.key for s in journey.stages] + [k for s in journey.stages for k in s.was]
    points = [p.key for s in journey.stages for p in s.touchpoints] + [
        k for s in journey.stages for p in s.touchpoints for k in p.was
    ]
    for key, times in Counter(stages + points).items():
        if times > 1:
            yield Mistake(
                "stages",
                f'the key "{key}" stands {times} times among the stages and touchpoints (former keys included); it must be unique',
            )
    for key, times in Counter(q.key for s in journey.surveys for q in s.questions).items():
        if times > 1:
            yield Mistake(
                "surveys", f'the question key "{key}" stands {times} times; it must be unique in the journey'
            )


def _surveys_fit(journey: Journey) -> Iterator[Mistake]:
    stages, points = [s.key for s in journey.stages], [p.key for s in journey.stages for p in s.touchpoints]
    for survey in journey.surveys:
        at, subject = f"surveys.{survey.key}", survey.on.subject
        fitting = points if survey.on.kind == "touchpoint" else stages
        if subject not in fitting:
            yield Mistake(
                f"{at}.on.{survey.on.kind}",
                _unknown(subject, "touchpoint" if survey.on.kind == "touchpoint" else "stage", fitting),
            )
        elif survey.on.kind == "touchpoint" and journey.touchpoints[subject][1].status is not Status.LIVE:
            yield Mistake(
                f"{at}.on.touchpoint",
                f'"{subject}" is {journey.touchpoints[subject][1].status}: only a live touchpoint can be asked about',
            )
        for question in survey.questions:
            if question.about is not None and question.about not in stages + points:
                yield Mistake(
                    f"{at}.questions.{question.key}.about",
                    _unknown(question.about, "stage or touchpoint", stages + points),
                )
        yield from _branches_fit(survey, at)


def _branches_fit(survey: Survey, at: str) -> Iterator[Mistake]:
    for place, question in enumerate(survey.questions):
        when = question.when
        if when is None:
            continue
        here = f"{at}.questions.{question.key}.when"
        earlier = {q.key: q for q in survey.questions[:place]}
        if when.of not in earlier:
            yield Mistake(f"{here}.of", _unknown(when.of, "earlier question of this survey", list(earlier)))
            continue
        asked = earlier[when.of]
        if asked.kind is Kind.CHOICE:
            if when.at_most is not None or when.at_least is not None:
                yield Mistake(here, f'"{when.of}" is a choice: use is = ["…"]')
            for label in when.is_:
                if asked.option(label) is None:
                    yield Mistake(f"{here}.is", _unknown(label, "option", [o.key for o in asked.options]))
        elif asked.kind is not Kind.TEXT:
            low, high = _RANGE[asked.kind]
            if when.is_:
                yield Mistake(here, f'"{when.of}" is a scale from {low} to {high}: use at_most or at_least')
            for name, bound in (("at_most", when.at_most), ("at_least", when.at_least)):
                if bound is not None and not low <= bound <= high:
                    yield Mistake(
                        f"{here}.{name}", f"must be from {low} to {high}, the values of {asked.kind}"
                    )


def _rules_fit(journey: Journey) -> Iterator[Mistake]:
    declared = [a.key for a in journey.attributes]
    rules = [(f"segments.{s.key}", s.where) for s in journey.segments] + [
        (f"personas.{p.key}", p.where) for p in journey.personas
    ]
    for at, where in rules:
        for attribute in where:
            if attribute not in declared:
                yield Mistake(f"{at}.where.{attribute}", _unknown(attribute, "declared attribute", declared))


def _targets_fit(journey: Journey) -> Iterator[Mistake]:
    for place, target in enumerate(journey.targets, 1):
        low, high = _TARGET.get(target.scale, (0, 100))
        if not low <= target.at_least <= high:
            yield Mistake(f"targets[{place}].at_least", f"must be from {low} to {high} for {target.scale}")
        if target.stage is not None and target.stage not in journey.stages_by_key:
            yield Mistake(
                f"targets[{place}].stage", _unknown(target.stage, "stage", [s.key for s in journey.stages])
            )


def _languages_fit(journey: Journey) -> Iterator[Mistake]:
    for at, text in _texts(journey, ""):
        if "" in text.root:
            continue
        missing = [language for language in journey.languages if language not in text.root]
        if missing:
            yield Mistake(
                at,
                f"has no text in {', '.join(missing)} (the journey's languages are {', '.join(journey.languages)})",
            )


def _texts(value: object, at: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield at, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), f"{at}.{name}" if at else name)
    elif isinstance(value, tuple):
        for place, item in enumerate(value, 1):
            key = getattr(item, "key", None)
            yield from _texts(item, f"{at}.{key}" if key else f"{at}[{place}]")


def _unknown(key: str, what: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(key, known, 1)
    if near:
        return f'there is no {what} "{key}"; did you mean "{near[0]}"?'
    return f'there is no {what} "{key}"' + (f"; there are {', '.join(known)}" if known else "")
