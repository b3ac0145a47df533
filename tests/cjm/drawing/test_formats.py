"""SVG and PDF: the picture of the PNG, with texts that are texts, and nothing that the PNG withholds."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.texts import words_in
from cjm.drawing import LanePreset, Layout, PictureFormat, draw_map, ink, lay_out_map
from cjm.drawing.ink.svg import render_svg
from cjm.drawing.primitives import LogoImage, Picture, TextLine, Weight
from cjm.drawing.theme import LIGHT
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.maps import bike_shop, journey_map, stage
from tests.cjm.drawing.pdf_texts import read_streams, read_texts
from tests.cjm.drawing.world_maps import world_shop
from tests.pages.conftest import find_chromium

SVG = "{http://www.w3.org/2000/svg}"
MARKS = "\u200e\u200f"  # of direction, which have no glyph
HOSTILE = ("</text><script>alert(1)</script>", "]]> & <!-- 'x' \"y\"", "\x00\x1b\ud800\ufffe", "\u202etxt.exe")


def picture_of(map_: JourneyMap, layout: Layout) -> Picture:
    lanes = LanePreset.FULL
    return lay_out_map(map_, words_in(map_.language), ink.measure_text, layout=layout, lanes=lanes)


def draw(map_: JourneyMap, layout: Layout, form: PictureFormat) -> bytes:
    return draw_map(map_, words_in(map_.language), layout=layout, lanes=LanePreset.FULL, format=form)


def svg_texts(svg: bytes) -> Iterator[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own file
    return ("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def without_marks(texts: Iterator[str] | list[str]) -> str:
    return "".join(sorted("".join(texts).translate(dict.fromkeys(map(ord, MARKS)))))


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("map_", [bike_shop(), world_shop()], ids=["shop", "world"])
def test_svg_and_pdf_have_the_texts_of_the_picture_and_no_others(map_: JourneyMap, layout: Layout) -> None:
    """Letter by letter: marks and spaces too, but in the order of reading."""
    picture = picture_of(map_, layout)
    shown = without_marks([line.text for line in picture.texts])
    assert without_marks(svg_texts(draw(map_, layout, PictureFormat.SVG))) == shown
    pdf = draw(map_, layout, PictureFormat.PDF)
    assert without_marks(read_texts(pdf)) == shown
    assert pdf == draw(map_, layout, PictureFormat.PDF)
    height, width = picture.height * 0.72, picture.width * 0.72
    assert f"/MediaBox [0 0 {width:.2f} {height:.2f}]".encode() in pdf


def test_russian_words_are_found_though_latin_letters_look_the_same() -> None:
    texts = ("АВС ABC сор cop", "Заказ")
    lines = tuple(TextLine(5, 30 * i, text, 20, Weight.REGULAR, "#000000", 0) for i, text in enumerate(texts, 1))
    pdf = ink.render_picture(Picture(200, 90, "#FFFFFF", lines, title="Имя", language="ru"), LIGHT, PictureFormat.PDF)
    assert read_texts(pdf) == list(texts)
    assert b"/Title <FEFF041804" in pdf
    assert b"/Lang <FEFF00720075>" in pdf
    assert b"CreationDate" not in pdf


def test_nothing_that_people_type_leaves_its_text_or_reaches_outside() -> None:
    for text in HOSTILE:
        figures = replace(stage(text, 70, 60, goal=text, voices=[Voice(text, 1)]), key="s")
        found = replace(
            journey_map([figures]), title=text, purpose=text, notes=(text,), segment_title=text, segment="x"
        )
        root = ElementTree.fromstring(draw(found, Layout.WALL, PictureFormat.SVG))  # noqa: S314 - our own file
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            *("svg", "title", "desc", "style", "rect", "g", "path", "clipPath", "text", "tspan", "image")
        }
        assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)
        assert read_streams(draw(found, Layout.WALL, PictureFormat.PDF))
    raw = render_svg(Picture(9, 9, "#FFFFFF", (), title=HOSTILE[0] + HOSTILE[2], description=HOSTILE[1]), LIGHT)
    assert ElementTree.fromstring(raw)[0].text == HOSTILE[0]  # noqa: S314 - our own file
    addresses = re.findall(
        r"url\(([^)]*)\)|href=\"([^\"]*)\"", draw(world_shop(), Layout.WALL, PictureFormat.SVG).decode()
    )
    assert addresses
    assert all("".join(address).startswith(("data:font/ttf;base64,", "#map-")) for address in addresses)


@pytest.mark.parametrize("layout", Layout)
def test_a_listener_hears_the_title_and_then_each_stage_with_its_own_texts(layout: Layout) -> None:
    root = ElementTree.fromstring(draw(bike_shop(), layout, PictureFormat.SVG))  # noqa: S314 - our own file
    assert root.findtext(f"{SVG}title") == bike_shop().title
    assert "621" in str(root.findtext(f"{SVG}desc"))
    groups = {group.get("aria-label"): "".join(group.itertext()) for group in root.iter(f"{SVG}g") if group.get("role")}
    assert list(groups) == [figures.title for figures in bike_shop().stages]
    assert "47" in groups["After purchase"]
    assert "78" not in groups["After purchase"]


def test_a_logo_stands_in_each_format_of_wall_and_slide() -> None:
    file = BytesIO()
    Image.new("RGBA", (90, 30), (0, 160, 0, 255)).save(file, "png")
    theme = replace(LIGHT, logo=LogoImage(file.getvalue(), 90, 30))
    for layout in (Layout.WALL, Layout.SLIDE):
        png, svg, pdf = (
            draw_map(bike_shop(), words_in("en"), layout=layout, format=form, theme=theme) for form in PictureFormat
        )
        colours = Image.open(BytesIO(png)).convert("RGB").getcolors(1 << 20) or []
        assert sum(n for n, colour in colours if colour == (0, 160, 0)) > 1000
        assert svg.count(b'href="data:image/png;base64,') == 1
        assert pdf.count(b"/Subtype /Image") == 2  # its colours, and where the paper shows through


@pytest.mark.chromium
@pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium")
def test_a_browser_shows_the_svg_as_the_png_is(tmp_path: Path) -> None:
    svg, shot = tmp_path / "map.svg", tmp_path / "shot.png"
    svg.write_bytes(draw(world_shop(), Layout.PHONE, PictureFormat.SVG))
    png = Image.open(BytesIO(draw(world_shop(), Layout.PHONE, PictureFormat.PNG))).convert("RGB")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1")
    places = (
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--screenshot={shot}",
        f"--window-size={png.width},{png.height}",
    )
    subprocess.run([str(find_chromium()), *options, *places, svg.as_uri()], check=True, capture_output=True)
    difference = ImageChops.difference(png, Image.open(shot).convert("RGB")).convert("L")
    # Edges are smoothed a little differently; a letter in another place or font would change hundreds of pixels a lot.
    assert ImageStat.Stat(difference).mean[0] < 2.5
    assert sum(difference.histogram()[64:]) < 0.01 * png.width * png.height
