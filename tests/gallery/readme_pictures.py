"""Maps that the README shows, and fingerprints that tell when a picture is stale.

A picture carries, as a text in its PNG file, the hash of what it was made from. A map's is the hash of its layout with
the real font: it changes when a reader would see another picture, not when code is moved.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, PngImagePlugin

from bot.demo.journey import DEFAULT_TEMPLATE, read_demo_source
from bot.demo.simulated.walk_plan import read_plan
from bot.texts import words_in
from bot.texts.catalogue import catalogue_entries
from cjm.drawing import LanePreset, Layout, draw_map, ink, lay_out_map
from cjm.figures.journey_map import JourneyMap
from tests.cjm.drawing.kind_maps import difference_of_periods
from tests.cjm.drawing.maps import full_shop

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
DEMO = DOCS / "demo.png"
FINGERPRINT = "fingerprint"


@dataclass(frozen=True, slots=True)
class ReadmePicture:
    """Map of the README by the name of its file in docs."""

    name: str
    map: JourneyMap
    layout: Layout
    lanes: LanePreset = LanePreset.SIMPLE

    @property
    def path(self) -> Path:
        return DOCS / f"{self.name}.png"

    def find_fingerprint(self) -> str:
        """Return the hash of the picture's layout."""
        words = words_in(self.map.language)
        picture = lay_out_map(self.map, words, ink.measure_text, layout=self.layout, lanes=self.lanes)
        return hashlib.sha256(repr(picture).encode()).hexdigest()

    def draw(self) -> None:
        """Draw the picture into its file."""
        data = draw_map(self.map, words_in(self.map.language), layout=self.layout, lanes=self.lanes)
        save_picture(self.path, data, self.find_fingerprint())


def list_readme_pictures() -> list[ReadmePicture]:
    """Return the maps of the README."""
    shop = full_shop()
    return [
        ReadmePicture("phone", shop, Layout.PHONE),
        ReadmePicture("wall", shop, Layout.WALL, LanePreset.EMOTION),
        ReadmePicture("slide", shop, Layout.SLIDE),
        ReadmePicture("difference", difference_of_periods(), Layout.SLIDE),
    ]


def find_demo_fingerprint() -> str:
    """Return the hash of what the demo's picture shows: the page, the journey, its words, and how a map looks.

    What the chats say changes with every run.
    """
    texts = {key: text for key, text in catalogue_entries("en").items() if key.startswith("demo.")}
    map_of_a_phone = list_readme_pictures()[0].find_fingerprint()
    source, team = read_demo_source(DEFAULT_TEMPLATE, "en"), read_plan(DEFAULT_TEMPLATE).team.in_language("en")
    digest = hashlib.sha256(repr([source, team, sorted(texts.items()), map_of_a_phone]).encode())
    for file in sorted((ROOT / "bot" / "sandbox" / "page").iterdir()):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def save_picture(path: Path, data: bytes, fingerprint: str) -> None:
    """Write a picture as a PNG that carries the hash of what it was made from."""
    note = PngImagePlugin.PngInfo()
    note.add_text(FINGERPRINT, fingerprint)
    with Image.open(BytesIO(data)) as picture:
        picture.save(path, "png", optimize=True, pnginfo=note)


def read_fingerprint(path: Path) -> str | None:
    """Return the hash that a picture carries; None without one."""
    with Image.open(path) as picture:
        return picture.info.get(FINGERPRINT)
