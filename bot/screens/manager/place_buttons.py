"""Buttons that lead from the figures of a place to the words and cases behind them, and from the map to its stages."""

from collections.abc import Iterator

from bot.messages.callbacks import Action, ChangeVerb, MapVerb
from bot.messages.message import Button, ButtonRow
from bot.screens.buttons import button_row, split_into_rows
from bot.screens.manager.menu_buttons import OPTIONS_PER_ROW, step_button
from bot.texts import Words
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.map_view import CONTENTS, ViewContent
from cjm.figures.views.view_steps import ViewStep
from cjm.text import cut_text

STAGES_PER_ROW = 3
MOST_STAGE, MOST_LABEL = 18, 32  # characters of a button, of three or of two in a row
MOST_THEMES = 2


def list_stage_rows(viewed: ViewedMap) -> Iterator[ButtonRow]:
    """Yield a button for each stage, which opens its page in place."""
    buttons = [
        _stage_button(viewed, key=stage.key, label=cut_text(f"{number} {stage.title}", MOST_STAGE))
        for number, stage in enumerate(viewed.map.stages, 1)
    ]
    yield from split_into_rows(buttons, STAGES_PER_ROW)


def list_place_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    """Yield what the view's place leads to: of a stage's page the way back, words and cases; of voices the cases."""
    if viewed.view.content is ViewContent.STAGE:
        yield from _stage_page_rows(viewed, words)
    elif viewed.view.content is ViewContent.VOICES and viewed.view.place is not None and viewed.open_cases:
        yield (_cases_button(viewed, words, viewed.view.place),)


def _stage_page_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    stages, stage = viewed.map.stages, viewed.stage
    if stage is None:
        return
    at = stages.index(stage)
    before = [_stage_button(viewed, key=stages[at - 1].key, label=f"◀ {at}")] if at else []
    after = [_stage_button(viewed, key=stages[at + 1].key, label=f"{at + 2} ▶")] if at + 1 < len(stages) else []
    yield (*before, step_button(words(f"views.button.back_to_{viewed.view.base}"), viewed, ViewStep.BACK), *after)
    whole = [_words_button(viewed, stage.key, words("views.button.words_of_stage"))] if viewed.has_words(stage) else []
    cases = [_cases_button(viewed, words, stage.key)] if viewed.open_cases else []
    yield (*whole, *cases)
    points = [
        _words_button(viewed, point.key, words("views.button.words", title=point.title))
        for point in stage.touchpoints
        if viewed.has_words(point)
    ]
    yield from split_into_rows(points, OPTIONS_PER_ROW)
    yield from split_into_rows([*_theme_buttons(viewed, words)], OPTIONS_PER_ROW)
    if viewed.may_plan:
        yield button_row(words("changes.button.plan"), ChangeVerb.BEGIN_AT, viewed.view_id, stage.key)


def _theme_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    for theme in viewed.themes[:MOST_THEMES]:
        label = cut_text(words("manager.button.theme", title=theme.title), MOST_LABEL)
        args = (viewed.view_id, CONTENTS.index(ViewContent.VOICES), "", theme.key.code)
        yield Button(label, Action.of(MapVerb.BESIDE, *args))


def _stage_button(viewed: ViewedMap, *, key: str, label: str) -> Button:
    return Button(label, Action.of(MapVerb.STAGE, viewed.view_id, key))


def _words_button(viewed: ViewedMap, place: str, label: str) -> Button:
    args = (viewed.view_id, CONTENTS.index(ViewContent.VOICES), place)
    return Button(cut_text(label, MOST_LABEL), Action.of(MapVerb.BESIDE, *args))


def _cases_button(viewed: ViewedMap, words: Words, place: str) -> Button:
    label = words("views.button.cases", n=viewed.open_cases)
    return Button(label, Action.of(MapVerb.CASES, viewed.view_id, place))
