"""Drawing whole maps, against the same texts drawn with matplotlib's own artists, and with Pillow, in one run.

* Every text of a map is new to the process when it is drawn, as on the first map of a journey: the caches of shaped
  lines are emptied before. Fonts are open, the outlines of their letters and the catalogues are known, as after any
  picture. The same map once more, with warm caches, is told beside it.
* matplotlib and Pillow draw the same lines in the same sizes, without measuring, wrapping, shapes and lanes. Letters of
  a phone are twice as large as those of a wall, and large letters take longer. matplotlib saves as it does by itself,
  Pillow's picture is saved as ours: it is the floor.
* A wall of twelve stages has 1 000 texts and 16 million pixels, most of its time goes to painting letters. Phone and
  slide have a tenth of the texts: half of their time goes to painting, a third or a quarter to PNG's compression. The
  table tells the shares.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from time import process_time
from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont
from pytest_benchmark.fixture import BenchmarkFixture

from bot.texts import words_in
from cjm.drawing import LanePreset, Layout, ink, lay_out_map, warm_up
from cjm.drawing.ink import DPI
from cjm.drawing.ink.png_file import encode_png
from cjm.drawing.lettering.shaping import measure_line, shape_line
from cjm.drawing.lettering.typefaces import ROBOTO
from cjm.drawing.primitives import Picture, Weight
from cjm.drawing.theme import LIGHT
from cjm.figures.journey_map import JourneyMap, MapKind
from tests.bench import check_ratio, note_figures
from tests.cjm.drawing.day_maps import day_shop
from tests.cjm.drawing.kind_maps import difference_of_periods, future_shop
from tests.cjm.drawing.maps import full_shop
from tests.cjm.drawing.persona_maps import channel_shop, persona_shop

ROUNDS = 3  # at least
LONG_ENOUGH = 3.0  # seconds of a case's rounds: the best of many short ones is steadier than the best of three
LIMIT = 0.3
LIMIT_IN_SUITE = 0.5  # of one round, beside other tests
WORDS, LANES = words_in("en"), LanePreset.FULL
POINTS = 72  # in an inch
ONE_LAYOUT = (MapKind.PERSONA, MapKind.CHANNELS)  # portrait in every layout


class DrawingTimes(NamedTuple):
    """The processor's seconds for a map of new texts, by its steps, for the map again, and for its texts by others."""

    layout: float
    painting: float
    file: float
    again: float
    plain: float
    floor: float

    @property
    def ours(self) -> float:
        return self.layout + self.painting + self.file

    @property
    def ratio(self) -> float:
        return self.ours / self.plain

    def __str__(self) -> str:
        steps = zip(("layout", "painting", "file"), self[:3], strict=True)
        shares = ", ".join(f"{name} {seconds / self.ours:.0%}" for name, seconds in steps)
        floor = f"{self.ours / self.floor:.1f} times Pillow's"
        return f"{self.ratio:.2f} of matplotlib's time ({self.again / self.plain:.2f} again), {floor}; {shares}"


def with_twelve_stages(shop: JourneyMap) -> JourneyMap:
    """Repeat the stages, with the figures that personas have at them."""
    places = [stage for _ in range(12) for stage in shop.stages][:12]
    stages = tuple(replace(stage, key=f"{stage.key}-{i}") for i, stage in enumerate(places))
    keys = [(stage.key, f"{stage.key}-{i}") for i, stage in enumerate(places)]
    personas = tuple(
        replace(persona, scores={new: persona.scores[old] for old, new in keys if old in persona.scores})
        for persona in shop.personas
    )
    return replace(shop, stages=stages, personas=personas)


def list_shops() -> dict[MapKind, JourneyMap]:
    """Return a map of each kind, with twelve stages."""
    shops = (
        *(full_shop(), future_shop(), difference_of_periods(), replace(full_shop(), kind=MapKind.BLUEPRINT)),
        *(persona_shop(), persona_shop(MapKind.PERSONA), channel_shop(), day_shop()),
    )
    assert {shop.kind for shop in shops} == set(MapKind)
    return {shop.kind: with_twelve_stages(shop) for shop in shops}


def list_cases() -> dict[str, tuple[JourneyMap, Layout]]:
    return {
        f"{layout}, {kind}": (shop, layout)
        for kind, shop in list_shops().items()
        for layout in ((Layout.PHONE,) if kind in ONE_LAYOUT else Layout)
    }


def draw_plain_texts(picture: Picture) -> None:
    """Draw the texts with ``Axes.text`` on an empty picture of the same size."""
    figure = Figure(figsize=(picture.width / DPI, picture.height / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for line in picture.texts:
        x, y, size = line.x / picture.width, 1 - line.y / picture.height, line.px * POINTS / DPI
        axes.text(x, y, line.text.replace("$", ""), fontsize=size)
    FigureCanvasAgg(figure).print_png(BytesIO())  # type: ignore[no-untyped-call]  # the library has no types


def draw_pillow_texts(picture: Picture) -> None:
    """Draw the texts with Pillow, in the sizes that they have, and save them as we do."""
    image = Image.new("RGB", (picture.width, picture.height), "#FFFFFF")
    pen = ImageDraw.Draw(image)
    fonts = {px: ImageFont.truetype(ROBOTO.path(Weight.REGULAR), px) for px in {line.px for line in picture.texts}}
    for line in picture.texts:
        pen.text((line.x, line.y), line.text, fill=line.colour, font=fonts[line.px], anchor="ls")
    encode_png(np.asarray(image), DPI)


def forget_texts() -> None:
    """Empty the caches of lines: each text is new again."""
    shape_line.cache_clear()
    measure_line.cache_clear()


def time_drawing(shop: JourneyMap, layout: Layout) -> DrawingTimes:
    """Draw a map of new texts, the same map again, and its texts with matplotlib and with Pillow."""

    def lay_out() -> Picture:
        return lay_out_map(shop, WORDS, ink.measure_text, layout=layout, lanes=LANES)

    picture = lay_out()
    pixels = np.asarray(Image.open(BytesIO(ink.render_png(picture, LIGHT))))
    forget_texts()
    steps: tuple[Callable[[], object], ...] = (
        lay_out,
        lambda: ink.render_png(picture, LIGHT),
        lambda: encode_png(pixels, DPI),
        lambda: ink.render_png(lay_out(), LIGHT),
        lambda: draw_plain_texts(picture),
        lambda: draw_pillow_texts(picture),
    )
    moments = [process_time()]
    for step in steps:
        step()
        moments.append(process_time())
    layout_time, rendering, file, *rest = (after - before for before, after in pairwise(moments))
    return DrawingTimes(layout_time, rendering - file, file, *rest)


def time_once(shop: JourneyMap, layout: Layout) -> list[DrawingTimes]:
    return [time_drawing(shop, layout)]


def time_repeatedly(shop: JourneyMap, layout: Layout) -> list[DrawingTimes]:
    begun, times = process_time(), list[DrawingTimes]()
    while len(times) < ROUNDS or process_time() - begun < LONG_ENOUGH:
        times.append(time_drawing(shop, layout))
    return times


@pytest.mark.timeout(1800)
def test_maps_take_less_than_a_third_of_the_time_of_their_texts_as_artists(benchmark: BenchmarkFixture) -> None:
    """Every kind in every layout, of twelve stages, when benchmarks run; a phone of five stages in the suite."""
    is_in_suite = benchmark.disabled
    cases = {"phone, current": (full_shop(), Layout.PHONE)} if is_in_suite else list_cases()
    warm_up()

    def measure() -> dict[str, list[DrawingTimes]]:
        time_rounds = time_once if is_in_suite else time_repeatedly
        return {name: time_rounds(*case) for name, case in cases.items()}

    measured: dict[str, list[DrawingTimes]] = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # as above
    best = {name: DrawingTimes(*map(min, zip(*times, strict=True))) for name, times in measured.items()}
    note_figures(benchmark, *(f"{name}: {times}" for name, times in best.items()))
    ratio = max(times.ratio for times in best.values())
    check_ratio(benchmark, ratio, below=LIMIT_IN_SUITE if is_in_suite else LIMIT)
