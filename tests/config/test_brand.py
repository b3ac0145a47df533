"""A company's look by [brand]: used as it is set up, or refused with one sentence for each mistake."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image

from bot.config.brand import make_themes
from bot.config.reader import ConfigError, read_settings
from bot.texts import words_in
from cjm.drawing import Layout, PictureFormat, draw_map
from cjm.drawing.choices import ThemeName
from cjm.drawing.lettering.shaping import shape_line
from cjm.drawing.lettering.typefaces import CHINESE
from cjm.drawing.primitives import Weight
from tests.cjm.drawing.maps import bike_shop


def write_config(folder: Path, *lines: str) -> Path:
    config = folder / "tropa.toml"
    config.write_text("\n".join(("[brand]", *lines)), "utf-8")
    return config


def copy_font(folder: Path, *cuts: str) -> None:
    """Copy another typeface than the usual one, as a company's."""
    folder.mkdir()
    for cut in cuts:
        shutil.copy(str(files("manimgx_fonts").joinpath("NotoSans[wght].ttf")), folder / f"Acme-{cut}.ttf")


def test_a_company_s_colours_logo_and_font_are_used(tmp_path: Path) -> None:
    copy_font(tmp_path / "fonts", "Regular", "Bold")
    Image.new("RGB", (2000, 500), "#1A5FB4").save(tmp_path / "logo.png")
    look = ('theme = "dark"', 'accent = "#8FD0FF"', 'logo = "logo.png"', 'font = ["fonts"]')
    brand = read_settings(write_config(tmp_path, *look), {}).brand
    theme = make_themes(brand).find(ThemeName.BRAND)
    assert theme.accent == "#8FD0FF"
    assert theme.logo is not None
    assert (theme.logo.width, theme.logo.height) == (800, 200)
    cuts = {weight: Path(file).name for weight, file in theme.typeface.cuts}
    assert (cuts[Weight.MEDIUM], cuts[Weight.BOLD], cuts[Weight.ITALIC]) == (
        "Acme-Regular.ttf", "Acme-Bold.ttf", "Acme-Regular.ttf"
    )  # fmt: skip
    assert shape_line("Map", Weight.BOLD, theme.typeface).width != shape_line("Map", Weight.BOLD).width
    # A letter that the company's font lacks is drawn by another.
    typefaces = [run.typeface for run in shape_line("a中", Weight.BOLD, theme.typeface).runs]
    assert typefaces == [theme.typeface, CHINESE]
    for form in PictureFormat:
        assert draw_map(bike_shop(), words_in("en"), layout=Layout.SLIDE, format=form, theme=theme)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('accent = "red"', 'tropa.toml:2: brand.accent: must be a colour, such as "#1A5FB4"'),
        ('accent = "#FFCC00"', "tropa.toml:2: brand.accent: cannot be used on light: accent on tint has a contrast of"),
        (
            'structure = "#FFCC00"',
            "structure: cannot be used on light: structure on paper has a contrast of 1.4:1",
        ),
        ('theme = "pink"', "tropa.toml:2: brand.theme: must be"),
        ('logo = "none.png"', "tropa.toml:2: brand.logo: cannot be read: no such file or directory"),
        ('logo = "words.png"', "tropa.toml:2: brand.logo: must be a PNG; this file is none, or it is damaged"),
        ('logo = "wide.png"', "tropa.toml:2: brand.logo: must be at most 4000 pixels wide and high"),
        ('logo = "photo.png"', "tropa.toml:2: brand.logo: must be a PNG; this file is none"),
        ('font = ["bold"]', "tropa.toml:2: brand.font: needs a file whose name ends in Regular.ttf or Regular.otf"),
        ('font = ["words.png"]', "brand.font: words.png is no folder and no file that ends in .ttf or .otf"),
        ('font = ["Fake-Regular.ttf"]', "brand.font: Fake-Regular.ttf is no font with Latin letters and digits"),
        ('font = ["Torn-Regular.ttf"]', "brand.font: Torn-Regular.ttf is damaged: no part of it can be embedded"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    copy_font(tmp_path / "bold", "Bold")
    for name in ("words.png", "Fake-Regular.ttf"):
        (tmp_path / name).write_text("only words", "utf-8")
    font = (tmp_path / "bold" / "Acme-Bold.ttf").read_bytes()  # of a table that only subsets read, the name is damaged
    (tmp_path / "Torn-Regular.ttf").write_bytes(font.replace(b"STAT", b"\xbc\xbc\xbc\xbc", 1))
    Image.new("1", (4001, 2)).save(tmp_path / "wide.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "photo.png", "jpeg")
    with pytest.raises(ConfigError) as caught:
        read_settings(write_config(tmp_path, line), {})
    (mistake,) = caught.value.mistakes
    assert says in str(mistake)
