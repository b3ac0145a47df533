"""A poster is a page of A4 whose code a decoder reads, in the PDF too, and whose words all fit."""

import re
import zlib
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.texts import LANGUAGES, words_in
from cjm.drawing import PictureFormat, ink
from cjm.drawing.poster import HEIGHT, WIDTH, PosterContent, PosterWords, draw_poster, lay_out_poster
from cjm.drawing.themes import PRINT

CODE = "p-0123456789abcdef01234567"
LINK = f"https://t.me/a_bot_with_the_longest_name_allowed?start={CODE}"
_FILLED = re.compile(rb"0\.0000 0\.0000 0\.0000 rg  ([\d.]+) ([\d.]+) m [\d.]+ [\d.]+ l ([\d.]+) ([\d.]+) l")


def make_content(*languages: str) -> PosterContent:
    written = [
        PosterWords(each, words("poster.title"), words("poster.text"), words("poster.letters", bot="our_shop_bot"))
        for each in languages
        for words in [words_in(each)]
    ]
    return PosterContent(LINK, written, f"/start {CODE}", "A visit to our shop · The till")


def paint_pdf(data: bytes) -> Image.Image:
    """Paint the black rectangles of a PDF as a printer would, twice as large."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    page = next(text for text in map(_inflate, streams) if _FILLED.search(text))
    image = Image.new("L", (2 * WIDTH, 2 * HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    for found in _FILLED.finditer(page):
        left, top, right, bottom = (2 * float(number) for number in found.groups())
        draw.rectangle((left, top, right - 1, bottom - 1), fill=0)
    return image


def _inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:  # a font or a picture
        return b""


def read_codes(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("languages", [("en",), ("ru", "pl"), ("en", "ru", "pl")])
def test_code_of_a_poster_is_read_by_a_decoder_as_picture_and_as_pdf(languages: tuple[str, ...]) -> None:
    content = make_content(*languages)
    picture = Image.open(BytesIO(draw_poster(content, PictureFormat.PNG)))
    assert picture.size == (WIDTH, HEIGHT)
    assert read_codes(picture) == [LINK]
    printed = draw_poster(content, PictureFormat.PDF)
    assert b"/MediaBox [0 0 595.44 841.68]" in printed
    assert printed.count(b"/Type /Page ") + printed.count(b"/Type /Page\n") <= 1
    assert read_codes(paint_pdf(printed)) == [LINK]


def test_code_is_read_from_afar_and_when_a_corner_is_dirty() -> None:
    picture = Image.open(BytesIO(draw_poster(make_content(*LANGUAGES), PictureFormat.PNG))).convert("L")
    assert read_codes(picture.resize((WIDTH // 4, HEIGHT // 4))) == [LINK]
    middle = WIDTH // 2
    ImageDraw.Draw(picture).ellipse((middle - 20, 640, middle + 20, 680), fill=255)
    assert read_codes(picture) == [LINK]


@pytest.mark.parametrize("languages", [("en",), ("en", "ru", "pl")])
def test_words_of_a_poster_are_on_the_page_below_each_other(languages: tuple[str, ...]) -> None:
    picture = lay_out_poster(make_content(*languages), ink.make_measure(PRINT), PRINT)
    boxes = [line.box for line in picture.texts]
    assert all(box.x > 0 and box.right < WIDTH and box.bottom < HEIGHT for box in boxes)
    assert not [(a, b) for a in boxes for b in boxes if a is not b and a.meets(b)]
    shown = " ".join(line.text for line in picture.texts)
    for language in languages:
        assert words_in(language)("poster.title") in shown
    assert f"/start {CODE}" in shown
    assert "@our_shop_bot" in shown
