"""Ink: a picture becomes a PNG, also with strange texts in it."""

import os
import pickle
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

import cjm.drawing
from bot.texts import words_in
from cjm.drawing import LanePreset, Layout, draw_asking, draw_map, ink, lay_out_map, warm_up
from cjm.drawing.ink.png_file import encode_png
from cjm.drawing.primitives import Picture, TextLine, Weight
from cjm.drawing.theme import LIGHT
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.askings import anonymous_asking, bike_shop_asking
from tests.cjm.drawing.day_maps import day_shop
from tests.cjm.drawing.maps import bike_shop, full_shop, journey_map, stage, without_answers
from tests.cjm.drawing.persona_maps import channel_shop, persona_shop
from tests.cjm.drawing.world_maps import shop_with_long_titles, world_shop

PINNED = Path(__file__).parent / "pinned"
NARROWER = {Layout.PHONE: 540, Layout.WALL: 960, Layout.SLIDE: 960}  # the pinned pictures' widths: half, to stay small


def narrow(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def open_png(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image.convert("RGB")


def one_text(text: str) -> Image.Image:
    return open_png(
        ink.render_png(Picture(120, 40, "#FFFFFF", (TextLine(4, 30, text, 30, Weight.REGULAR, "#000000", 0),)), LIGHT)
    )


def blackness(image: Image.Image) -> float:
    return 255 - ImageStat.Stat(image.convert("L")).mean[0]


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_picture_has_the_size_of_its_layout(layout: Layout, language: str) -> None:
    words = words_in(language)
    place = lay_out_map(bike_shop(), words, ink.measure_text, layout=layout)
    assert open_png(draw_map(bike_shop(), words, layout=layout)).size == (place.width, place.height)


@pytest.mark.parametrize("layout", Layout)
def test_drawing_twice_gives_the_same_bytes(layout: Layout) -> None:
    assert draw_map(bike_shop(), words_in("en"), layout=layout) == draw_map(bike_shop(), words_in("en"), layout=layout)


@pytest.mark.parametrize("layout", Layout)
def test_hatching_stays_in_its_outline_however_many_there_are(layout: Layout) -> None:
    hatched = journey_map([stage(str(i), 70, 7 if i % 2 else 0) for i in range(6)])
    first = draw_map(hatched, words_in("en"), layout=layout)
    assert all(draw_map(hatched, words_in("en"), layout=layout) == first for _ in range(3))


@pytest.mark.parametrize(
    "text",
    [
        "中文评论",
        "שלום",
        "😀👩‍👩‍👧 👍🏽",
        "\x00\x1b[31m",
        "\u202egnp.exe",
        "\ud800",
        "<script>alert(1)</script>",
        "a\u0301" * 80,
        "ﷺ" * 50,
    ],
)
def test_nothing_that_people_type_breaks_the_drawing(text: str) -> None:
    figures = replace(stage(text, 70, 60, goal=text, voices=[Voice(text, 1)]), key="s")
    found = replace(journey_map([figures]), title=text, purpose=text, notes=(text,), segment_title=text, segment="x")
    for layout in Layout:
        assert open_png(draw_map(found, words_in("en"), layout=layout)).width > 0


def test_letter_is_drawn_as_wide_as_measured_and_one_that_no_font_has_not_at_all() -> None:
    assert blackness(one_text("中")) > 1
    assert ink.measure_text("中中", 100, Weight.REGULAR) == 2 * ink.measure_text("中", 100, Weight.REGULAR) > 0
    assert blackness(one_text("Ꮳ")) == 0
    assert ink.measure_text("Ꮳ", 100, Weight.REGULAR) == 0


def test_file_holds_the_painted_pixels_and_tells_their_size_in_print() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (5, 7, 4), np.uint8)
    image = Image.open(BytesIO(encode_png(pixels, 100)))
    assert (np.asarray(image) == pixels[:, :, :3]).all()
    assert image.info["dpi"] == pytest.approx((100, 100), abs=0.1)


def test_other_formats_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="drawn as png, svg, pdf, not as 'gif'"):
        draw_map(bike_shop(), words_in("en"), format="gif")  # type: ignore[arg-type]  # a name that no format has


def test_drawing_works_in_a_spawned_process_and_its_arguments_can_be_sent_there() -> None:
    assert pickle.loads(pickle.dumps(bike_shop())) == bike_shop()  # noqa: S301 - our own bytes
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=warm_up) as pool:
        there = pool.submit(draw_map, bike_shop(), words_in("en"), layout=Layout.WALL).result()
    assert there == draw_map(bike_shop(), words_in("en"), layout=Layout.WALL)


def test_drawing_imports_matplotlib_with_the_first_picture_and_of_it_only_what_it_needs() -> None:
    """Figures and axes would take a quarter of the time that the first map waits for imports."""
    code = """if True:
        import sys, cjm.drawing
        print({"matplotlib", "numpy", "pydantic"} & set(sys.modules))
        cjm.drawing.warm_up()
        print({"matplotlib", "matplotlib.figure", "matplotlib.axes", "mpl_toolkits"} & set(sys.modules))
    """
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert found.stdout.split() == ["set()", "{'matplotlib'}"]


def test_only_the_ink_of_png_imports_matplotlib() -> None:
    """Layouts and words are plain values; SVG and PDF are written without a library of drawing."""
    files = Path(cjm.drawing.__path__[0]).rglob("*.py")
    assert [file.name for file in files if re.search(r"^\s*(import|from) matplotlib", file.read_text(), re.M)] == [
        "png.py"
    ]


@pytest.mark.parametrize(
    ("name", "layout", "map_", "lanes"),
    [
        ("phone", Layout.PHONE, bike_shop(), LanePreset.SIMPLE),
        ("wall", Layout.WALL, bike_shop(), LanePreset.SIMPLE),
        ("full_wall", Layout.WALL, full_shop(), LanePreset.FULL),
        ("slide", Layout.SLIDE, bike_shop(), LanePreset.SIMPLE),
        ("long_slide", Layout.SLIDE, shop_with_long_titles(), LanePreset.SIMPLE),
        ("empty", Layout.PHONE, without_answers(bike_shop()), LanePreset.SIMPLE),
        ("scripts", Layout.PHONE, world_shop(), LanePreset.SIMPLE),
        ("long_titles", Layout.WALL, shop_with_long_titles(), LanePreset.SIMPLE),
        ("personas", Layout.PHONE, persona_shop(), LanePreset.SIMPLE),
        ("personas_slide", Layout.SLIDE, persona_shop(), LanePreset.SIMPLE),
        ("persona", Layout.PHONE, persona_shop(MapKind.PERSONA), LanePreset.SIMPLE),
        ("channels", Layout.PHONE, channel_shop(), LanePreset.SIMPLE),
        ("day", Layout.PHONE, day_shop(), LanePreset.SIMPLE),
        ("day_wall", Layout.WALL, day_shop(), LanePreset.SIMPLE),
    ],
)
def test_picture_looks_as_it_was_approved(name: str, layout: Layout, map_: JourneyMap, lanes: LanePreset) -> None:
    """Half-size and with a tolerance: another version of the renderer may smooth an edge differently, not move it.

    To approve new pictures: TROPA_APPROVE=1 pytest tests/cjm/drawing/test_ink.py
    """
    small = narrow(open_png(draw_map(map_, words_in(map_.language), layout=layout, lanes=lanes)), NARROWER[layout])
    compare_with_approved(name, small)


@pytest.mark.parametrize(("name", "report"), [("asking", bike_shop_asking()), ("asking_anonymous", anonymous_asking())])
def test_picture_of_the_asking_looks_as_it_was_approved(name: str, report: AskingReport) -> None:
    small = narrow(open_png(draw_asking(report, words_in(report.language))), NARROWER[Layout.PHONE])
    compare_with_approved(name, small)


def compare_with_approved(name: str, small: Image.Image) -> None:
    file = PINNED / f"{name}.png"
    if os.environ.get("TROPA_APPROVE"):
        small.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, optimize=True)
    approved = Image.open(file).convert("RGB")
    assert small.size == approved.size
    difference = ImageStat.Stat(ImageChops.difference(small, approved).convert("L"))
    assert difference.mean[0] < 1.5
    # A word or a face that moved changes some pixels a lot: fewer than one in two hundred may.
    changed = sum(ImageChops.difference(small, approved).convert("L").histogram()[64:])
    assert changed < 0.005 * small.width * small.height
