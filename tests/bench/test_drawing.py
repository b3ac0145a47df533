"""Drawing whole maps, against the same texts drawn with matplotlib's own artists, and with Pillow, in one run.

Of a wall of twelve stages with full lanes (1 000 texts, 16 million pixels) about an eighth of the time goes to the
layout (measuring and wrapping, for which HarfBuzz shapes each new text once), half to painting (a fifth of it to join
the outlines of glyphs, the rest to Agg), and a third to PNG's compression. Texts drawn by Pillow alone, without
measuring, shapes and lanes, are the floor. Phone and slide have a tenth of the texts, so their pixels weigh more: they
are told beside the walls, without a limit.
"""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from time import process_time

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont
from pytest_benchmark.fixture import BenchmarkFixture

from bot.texts import words_in
from cjm.drawing import LanePreset, Layout, draw_map, ink, lay_out_map, warm_up
from cjm.drawing.ink.png_file import PNG_LEVEL
from cjm.drawing.lettering.typefaces import ROBOTO
from cjm.drawing.primitives import Picture, Weight
from cjm.figures.journey_map import JourneyMap, MapKind
from tests.bench import check_ratio, note_figures
from tests.cjm.drawing.kind_maps import difference_of_periods, future_shop
from tests.cjm.drawing.maps import full_shop

ROUNDS = 2
LIMIT = 0.3
LIMIT_IN_SUITE = 0.5  # of one round, beside other tests
Times = tuple[float, float, float]


def with_twelve_stages(shop: JourneyMap) -> JourneyMap:
    stages = [replace(stage, key=f"{stage.key}-{i}") for i in range(12) for stage in shop.stages]
    return replace(shop, stages=tuple(stages[:12]))


def draw_plain_texts(picture: Picture) -> None:
    """Draw the texts with ``Axes.text`` on an empty picture of the same size."""
    figure = Figure(figsize=(picture.width / 100, picture.height / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for line in picture.texts:
        axes.text(line.x / picture.width, 1 - line.y / picture.height, line.text.replace("$", ""), fontsize=12)
    FigureCanvasAgg(figure).print_png(BytesIO())  # type: ignore[no-untyped-call]  # the library has no types


def draw_pillow_texts(picture: Picture) -> None:
    """Draw the texts with Pillow, in the sizes that they have, and save them as we do."""
    image = Image.new("RGB", (picture.width, picture.height), "#FFFFFF")
    pen = ImageDraw.Draw(image)
    fonts = {px: ImageFont.truetype(ROBOTO.path(Weight.REGULAR), px) for px in {line.px for line in picture.texts}}
    for line in picture.texts:
        pen.text((line.x, line.y), line.text, fill=line.colour, font=fonts[line.px], anchor="ls")
    image.save(BytesIO(), "png", compress_level=PNG_LEVEL)


def time_drawing(shop: JourneyMap, layout: Layout) -> Times:
    """Return the processor's time for the map, for its texts by matplotlib, and by Pillow."""
    words, lanes = words_in("en"), LanePreset.FULL
    picture = lay_out_map(shop, words, ink.measure_text, layout=layout, lanes=lanes)
    moments = [process_time()]
    draw_map(shop, words, layout=layout, lanes=lanes)
    moments.append(process_time())
    draw_plain_texts(picture)
    moments.append(process_time())
    draw_pillow_texts(picture)
    moments.append(process_time())
    ours, plain, floor = (after - before for before, after in pairwise(moments))
    return ours, plain, floor


def list_shops() -> dict[str, JourneyMap]:
    kinds = {"current": full_shop(), "future": future_shop(), "blueprint": replace(full_shop(), kind=MapKind.BLUEPRINT)}
    return {name: with_twelve_stages(shop) for name, shop in kinds.items()} | {
        "difference": with_twelve_stages(difference_of_periods())
    }


@pytest.mark.timeout(600)
def test_wall_takes_less_than_a_third_of_the_time_of_its_texts_as_artists(benchmark: BenchmarkFixture) -> None:
    """Full lanes: of twelve stages and every kind when benchmarks run, of five stages in the suite."""
    current = with_twelve_stages(full_shop())
    cases = {f"wall, {name}": (shop, Layout.WALL) for name, shop in list_shops().items()}
    cases |= {layout: (current, layout) for layout in (Layout.PHONE, Layout.SLIDE)}
    if benchmark.disabled:
        cases = {"wall, current": (full_shop(), Layout.WALL)}
    warm_up()

    def measure() -> dict[str, list[Times]]:
        rounds = 1 if benchmark.disabled else ROUNDS
        return {name: [time_drawing(*case) for _ in range(rounds)] for name, case in cases.items()}

    measured: dict[str, list[Times]] = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]  # as above
    best = {name: [min(each) for each in zip(*times, strict=True)] for name, times in measured.items()}
    ratios = {name: ours / plain for name, (ours, plain, _) in best.items()}
    for name, (ours, _, floor) in best.items():
        note_figures(benchmark, f"{name}: {ratios[name]:.2f} of matplotlib's time, {ours / floor:.1f} times Pillow's")
    check_ratio(
        benchmark,
        max(ratio for name, ratio in ratios.items() if name.startswith("wall")),
        below=LIMIT_IN_SUITE if benchmark.disabled else LIMIT,
    )
