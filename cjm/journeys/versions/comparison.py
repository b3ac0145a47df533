"""Compare two versions of a journey.

Invariants:

* Parts are paired by key, or by a former key (``was``). A new key with ``was`` is a renaming; a new key without it is
  a removal and an addition.
* A renaming alone changes nothing else: what refers to the part is compared by its current key.
* Every changed setting of a part that stayed is one entry. An added or removed part is one entry, with all its
  settings; the parts inside of it have entries of their own, except the options of a question.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from cjm.file_model import FileModel
from cjm.journeys.diary.diary_plan import DiaryPlan
from cjm.journeys.journey import (
    Attribute,
    Journey,
    Measure,
    Persona,
    PlacedTouchpoint,
    Segment,
    Stage,
    Touchpoint,
)
from cjm.journeys.parts.target import Target
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import Question, Survey
from cjm.journeys.versions.difference import ChangedPart, ChangeType, ChangeWarning, JourneyChange, JourneyDifference
from cjm.journeys.versions.forbidden_changes import find_forbidden_changes
from cjm.journeys.versions.item_pairs import ItemPairs, find_moved, pair_items
from cjm.journeys.versions.setting_summary import summarize_rewording, summarize_setting
from cjm.text import LocalizedText


def compare_journeys(old: Journey | None, new: Journey, earlier: Iterable[Journey] = ()) -> JourneyDifference:
    """Return what changes from ``old`` (None for the first version) to ``new``.

    ``earlier`` are the versions before ``old``, the newest first: what comes back from them keeps its meaning.
    """
    if old is None:
        return JourneyDifference(True, tuple(_list_additions(new)), ())
    old = _with_current_keys(old, new)
    entries = [*_compare_settings(ChangedPart.JOURNEY, "", old, new, None), *_compare_places(old, new)]
    for part, name in _LISTS:
        entries += _compare_list(part, name, getattr(old, name), getattr(new, name))
    entries += _compare_surveys(old, new)
    entries += _compare_targets(old.targets, new.targets)
    entries += _compare_diaries(old.diary, new.diary)
    return JourneyDifference(False, tuple(entries), tuple(find_forbidden_changes(old, new, earlier)))


def _with_current_keys(old: Journey, new: Journey) -> Journey:
    """Return the old journey with renamed stages and touchpoints called by their new keys in surveys and targets.

    Else every reference to a renamed part would be reported as a change of its own.
    """
    current = {k: s.key for s in new.stages for k in s.was}
    current |= {k: p.key for s in new.stages for p in s.touchpoints for k in p.was}

    def renamed_fields(value: FileModel, *names: str) -> dict[str, Any]:
        return {n: current.get(getattr(value, n), getattr(value, n)) for n in names}

    return old.model_copy(
        update={
            "targets": tuple(t.model_copy(update=renamed_fields(t, "stage")) for t in old.targets),
            "diary": old.diary and old.diary.model_copy(update=renamed_fields(old.diary, "invite_after")),
            "surveys": tuple(
                s.model_copy(
                    update={
                        "on": s.on.model_copy(
                            update=renamed_fields(
                                s.on, "touchpoint", "enter", "leave", "dwell", "exit", "about", "by_hand"
                            )
                        ),
                        "questions": tuple(q.model_copy(update=renamed_fields(q, "about")) for q in s.questions),
                    }
                )
                for s in old.surveys
            ),
        }
    )


# Lists of parts that need no more than _compare_list; the settings of _NESTED are compared by functions of their own.
_LISTS = (
    (ChangedPart.ATTRIBUTE, "attributes"),
    (ChangedPart.SEGMENT, "segments"),
    (ChangedPart.MEASURE, "measures"),
    (ChangedPart.PERSONA, "personas"),
)
_NESTED = {"key", "stages", "touchpoints", "questions", "options", "surveys", "targets", "diary"}
_NESTED |= {name for _, name in _LISTS}
Keyed = TypeVar("Keyed", bound="Stage | Touchpoint | Persona | Attribute | Segment | Measure | Survey | Question")


def _list_additions(new: Journey) -> Iterator[JourneyChange]:
    empty = new.model_copy(update=dict.fromkeys(("stages", "surveys", "targets", *(n for _, n in _LISTS)), ()))
    yield from _compare_places(empty, new)
    for part, name in _LISTS:
        yield from _compare_list(part, name, (), getattr(new, name))
    yield from _compare_surveys(empty, new)
    yield from _compare_targets((), new.targets)
    yield from _compare_diaries(None, new.diary)


# --- stages and touchpoints


def _compare_places(old: Journey, new: Journey) -> Iterator[JourneyChange]:
    stages = pair_items(old.stages, new.stages)
    yield from _compare_items(ChangedPart.STAGE, stages, _path_in("stages"))
    yield from _find_moves(ChangedPart.STAGE, stages, old.stages, _path_in("stages"))
    yield from _compare_touchpoints(old, new, stages)


def _compare_touchpoints(old: Journey, new: Journey, stages: ItemPairs[Stage]) -> Iterator[JourneyChange]:
    before, after = _touchpoints_by_key(old), _touchpoints_by_key(new)
    points = pair_items([p.touchpoint for p in before.values()], [p.touchpoint for p in after.values()])
    # By identity: a key may be in both versions, and in different stages.
    stage_keys = {id(p.touchpoint): p.stage.key for p in (*before.values(), *after.values())}

    def path(point: Touchpoint) -> str:
        return f"stages.{stage_keys[id(point)]}.{point.key}"

    yield from _compare_items(ChangedPart.TOUCHPOINT, points, path)
    for stage_before, stage_after in stages:
        if stage_before and stage_after:
            staying = [(b, a) for b, a in points if b in stage_before.touchpoints and a in stage_after.touchpoints]
            yield from _find_moves(ChangedPart.TOUCHPOINT, staying, stage_before.touchpoints, path)
    current_stage = {b.key: a.key for b, a in stages if b and a}
    for b, a in points:
        if b and a and current_stage.get(before[b.key].stage.key) != after[a.key].stage.key:
            moved = before[b.key].stage.key, after[a.key].stage.key
            yield JourneyChange(ChangeType.MOVED, ChangedPart.TOUCHPOINT, path(a), a.title, "stage", *moved)


def _touchpoints_by_key(journey: Journey) -> dict[str, PlacedTouchpoint]:
    """Return the touchpoints by their current keys only, unlike `Journey.touchpoints`."""
    return {p.key: PlacedTouchpoint(stage, p) for stage in journey.stages for p in stage.touchpoints}


def _compare_surveys(old: Journey, new: Journey) -> Iterator[JourneyChange]:
    pairs = pair_items(old.surveys, new.surveys)
    yield from _compare_items(ChangedPart.SURVEY, pairs, _path_in("surveys"))
    survey_of = {q.key: s.key for j in (old, new) for s in j.surveys for q in s.questions}

    def path(question: Question) -> str:
        return f"surveys.{survey_of[question.key]}.{question.key}"

    questions = pair_items([q for s in old.surveys for q in s.questions], [q for s in new.surveys for q in s.questions])
    yield from _compare_items(ChangedPart.QUESTION, questions, path)
    for before, after in pairs:
        if before and after:
            staying = [(b, a) for b, a in questions if b in before.questions and a in after.questions]
            yield from _find_moves(ChangedPart.QUESTION, staying, before.questions, path)
    for b, a in questions:
        if b and a:
            yield from _compare_options(b, a, path(a))


def _compare_options(old: Question, new: Question, question_path: str) -> Iterator[JourneyChange]:
    before, after = {o.key: o.title for o in old.options}, {o.key: o.title for o in new.options}
    for key in before | after:
        path = f"{question_path}.options.{key}"
        if key not in after:
            yield JourneyChange(ChangeType.REMOVED, ChangedPart.OPTION, path, before[key])
        elif key not in before:
            yield JourneyChange(ChangeType.ADDED, ChangedPart.OPTION, path, after[key])
        elif before[key] != after[key]:
            yield JourneyChange(
                ChangeType.REWORDED,
                ChangedPart.OPTION,
                path,
                after[key],
                "title",
                *summarize_rewording(before[key], after[key]),
            )


def _compare_targets(old: Sequence[Target], new: Sequence[Target]) -> Iterator[JourneyChange]:
    before, after = ({_target_name(target): target.value_text for target in each} for each in (old, new))
    for name in before | after:
        path, field = name
        value = before.get(name, ""), after.get(name, "")
        if value[0] != value[1]:
            type_ = ChangeType.ADDED if not value[0] else ChangeType.REMOVED if not value[1] else ChangeType.CHANGED
            yield JourneyChange(type_, ChangedPart.TARGET, path, None, field, *value)


def _target_name(target: Target) -> tuple[str, str]:
    """Return the path of a target, and its bound: with another bound it is another target."""
    kind, name = target.subject
    parts = ("targets", target.stage, "measure" if kind == "measure" else None, name)
    return ".".join(filter(None, parts)), "at_least" if target.is_least else "at_most"


def _compare_diaries(old: DiaryPlan | None, new: DiaryPlan | None) -> Iterator[JourneyChange]:
    if old is not None and new is not None:
        yield from _compare_settings(ChangedPart.DIARY, "diary", old, new, None)
    elif old is not new:
        yield JourneyChange(ChangeType.REMOVED if new is None else ChangeType.ADDED, ChangedPart.DIARY, "diary", None)


def _compare_list(part: ChangedPart, name: str, old: Sequence[Keyed], new: Sequence[Keyed]) -> Iterator[JourneyChange]:
    yield from _compare_items(part, pair_items(old, new), _path_in(name))


# --- one thing, before and after


def _compare_items(part: ChangedPart, pairs: ItemPairs[Keyed], path: Callable[[Any], str]) -> Iterator[JourneyChange]:
    for old, new in pairs:
        if old is None and new is not None:
            yield JourneyChange(ChangeType.ADDED, part, path(new), _find_title(new))
        elif new is None and old is not None:
            yield JourneyChange(
                ChangeType.REMOVED, part, path(old), _find_title(old), warning=_removal_warning(part, old)
            )
        elif old is not None and new is not None:
            if old.key != new.key:
                yield JourneyChange(ChangeType.RENAMED, part, path(new), _find_title(new), "key", old.key, new.key)
            yield from _compare_settings(part, path(new), old, new, _find_title(new))


def _find_title(item: Any) -> LocalizedText | None:
    """Return the title of a stage, touchpoint or other part, or the text of a question; None without one."""
    title = getattr(item, "title", None) or getattr(item, "text", None)
    return title if isinstance(title, LocalizedText) else None


def _removal_warning(part: ChangedPart, old: FileModel) -> ChangeWarning | None:
    if part is ChangedPart.ATTRIBUTE:
        return ChangeWarning.COHORTS_CHANGE
    # A planned touchpoint is not asked about, so it seldom has answers that could leave the map.
    is_asked_about = isinstance(old, Touchpoint) and old.status is not TouchpointStatus.PLANNED
    if is_asked_about or part in (ChangedPart.STAGE, ChangedPart.QUESTION):
        return ChangeWarning.LEAVES_THE_MAP
    return None


def _compare_settings(
    part: ChangedPart, path: str, old: FileModel, new: FileModel, title: LocalizedText | None
) -> Iterator[JourneyChange]:
    old_key = getattr(old, "key", "")
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        # A `was` that gained nothing but the old key only explains the renaming, which is an entry of its own.
        if name in _NESTED or before == after or (name == "was" and set(after) == {*before, old_key}):
            continue
        if isinstance(before, LocalizedText) and isinstance(after, LocalizedText):
            yield JourneyChange(ChangeType.REWORDED, part, path, title, name, *summarize_rewording(before, after))
        else:
            warning = _setting_warning(part, name, before, after)
            yield JourneyChange(
                ChangeType.CHANGED,
                part,
                path,
                title,
                name.rstrip("_"),  # the field "is_" is the key "is" of the file
                summarize_setting(before),
                summarize_setting(after),
                warning,
            )


def _setting_warning(part: ChangedPart, name: str, before: Any, after: Any) -> ChangeWarning | None:
    if name == "was" and set(before) - set(after):
        return ChangeWarning.HISTORY_UNLINKED
    if name == "timezone":
        return ChangeWarning.DAYS_SHIFT
    if name == "anonymous":
        return ChangeWarning.BECOMES_ANONYMOUS if after else ChangeWarning.BECOMES_NAMED
    if part is ChangedPart.ATTRIBUTE and name == "values":
        return ChangeWarning.COHORTS_CHANGE
    return ChangeWarning.OTHER_SUBJECT if name in ("about", "on") else None


def _find_moves(
    part: ChangedPart, pairs: ItemPairs[Keyed], old_order: Iterable[Keyed], path: Callable[[Any], str]
) -> Iterator[JourneyChange]:
    for item in find_moved(pairs, old_order):
        yield JourneyChange(ChangeType.MOVED, part, path(item), _find_title(item))


def _path_in(name: str) -> Callable[[Any], str]:
    return lambda item: f"{name}.{item.key}"


def has_other_pairs(before: Journey, after: Journey) -> bool:
    """Return whether a change pairs other days of a person with each other, or none any more.

    Days are paired at a place, also under its former keys, and in an anonymous journey not at all. A renaming changes
    no pair, as nothing is stored yet under the new key.
    """
    if before.anonymous != after.anonymous:
        return True
    known = {key for keys in _list_keys(before) for key in keys}
    old, new = (
        {group for keys in _list_keys(each) if len(group := keys - fresh) > 1}
        for each, fresh in ((before, frozenset()), (after, _present_keys(after) - known))
    )
    return old != new


def _list_keys(journey: Journey) -> list[frozenset[str]]:
    """Return the present and former keys of each place."""
    stages = [frozenset((stage.key, *stage.was)) for stage in journey.stages]
    return stages + [frozenset((key, *place.touchpoint.was)) for key, place in journey.touchpoints.items()]


def _present_keys(journey: Journey) -> frozenset[str]:
    return frozenset((*journey.stages_by_key, *journey.touchpoints))
