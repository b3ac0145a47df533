"""Page of pictures to look at one by one: kinds, layouts, languages, themes, lanes and sizes of a map."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from bot.texts import LANGUAGES, words_in
from cjm.drawing import LanePreset, Layout, PictureChoice, ThemeName, count_pages, draw_choice
from cjm.drawing.themes import Themes
from cjm.figures.journey_map import JourneyMap, MapKind
from tests.cjm.drawing.kind_maps import difference_of_segments
from tests.cjm.drawing.maps import anonymous_shop, big_shop, full_shop, long_shop, without_answers
from tests.cjm.drawing.world_maps import shop_with_long_titles, world_shop

SIZES = (1, 3, 8, 12)  # stages
THEMES = (ThemeName.LIGHT, ThemeName.DARK, ThemeName.PRINT)


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    """Picture of the page; ``name`` is that of its file, without an ending."""

    name: str
    map: JourneyMap
    choice: PictureChoice


def list_made(maps: Iterable[JourneyMap]) -> Iterator[GalleryPicture]:
    """Yield maps that a database made, in every layout; one of what was measured in every theme and lane, too."""
    for made in maps:
        for layout in Layout:
            yield from _list_pages(f"{made.kind}-{made.language}", made, PictureChoice(layout))
        if made.kind is MapKind.CURRENT:
            for layout, theme in product(Layout, THEMES[1:]):
                choice = PictureChoice(layout, theme=theme)
                yield GalleryPicture(f"{theme}-{made.language}-{layout}", made, choice)
            for lanes in LanePreset:
                choice = PictureChoice(Layout.WALL, lanes=lanes)
                yield GalleryPicture(f"lanes-{lanes}-{made.language}", made, choice)


def list_written() -> Iterator[GalleryPicture]:
    """Yield maps that were written by hand for what a usual database does not show."""
    written = {
        "whole": full_shop(),
        "segments": difference_of_segments(),
        "large": big_shop(),
        "anonymous": anonymous_shop(),
        "empty": without_answers(full_shop()),
        "scripts": world_shop(),
        "long": shop_with_long_titles(),
        **{f"stages-{count:02}": long_shop(count) for count in SIZES},
    }
    for (name, made), language, layout in product(written.items(), LANGUAGES, Layout):
        choice = PictureChoice(layout, lanes=LanePreset.FULL)
        yield from _list_pages(f"{name}-{language}", replace(made, language=language), choice)


def _list_pages(name: str, made: JourneyMap, choice: PictureChoice) -> Iterator[GalleryPicture]:
    for page in range(count_pages(made, choice.layout)):
        ending = f"-{page + 1}" if page else ""
        yield GalleryPicture(f"{name}-{choice.layout}{ending}", made, replace(choice, page=page))


def write_gallery(folder: Path, pictures: Sequence[GalleryPicture]) -> None:
    """Draw the pictures into a folder, with a page that shows all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    themes = Themes()
    for each in pictures:
        data = draw_choice(each.map, words_in(each.map.language), each.choice, themes.find(each.choice.theme))
        (folder / f"{each.name}.png").write_bytes(data)
    figures = (
        f'<figure><figcaption>{html.escape(each.name)}</figcaption><img loading="lazy" src="{each.name}.png"></figure>'
        for each in pictures
    )
    style = "body{font:16px sans-serif;margin:2em}figure{margin:0 0 3em}img{max-width:100%;border:1px solid #ccc}"
    page = f"<!doctype html><meta charset=utf-8><title>Pictures</title><style>{style}</style>{''.join(figures)}"
    (folder / "index.html").write_text(page)
