"""Draw a map as a picture, in the process of maps.

Invariants:
* `DrawMap` keeps a picture by what it shows: the same map is not drawn again while it is one of the last MOST_PICTURES,
  and its upload has the same key, so that a file that the messenger still has is not uploaded again.
* Those who want a map that is being drawn wait for that drawing, and for no other one.
"""

import asyncio
import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bot.messages.message import Upload
from bot.texts import words_in
from bot.texts.catalogue import catalogue_entries
from bot.usecases.maps.apart.map_process import MapProcess
from cjm.drawing import Layout, PictureChoice, PictureFormat
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.theme import Theme
from cjm.drawing.themes import Themes
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap

MOST_PICTURES = 32  # pictures in memory, some 200 kB each
_LIBRARIES = (
    "babel",
    "budoux",
    "font-roboto",
    "manimgx-fonts",
    "manimgx-fonts-cjk",
    "matplotlib",
    "numpy",
    "pillow",
    "pyphen",
    "python-bidi",
    "uharfbuzz",
)
"""Libraries on which a picture's pixels depend."""
_ANY_TIME = datetime.min.replace(tzinfo=UTC)


class DrawMap:
    """``await draw_map(journey_map, choice) -> Upload``. Raises MapProcessError."""

    def __init__(self, process: MapProcess, themes: Themes = Themes()) -> None:  # noqa: B008 - a frozen value
        self._process = process
        self._themes = themes
        self._pictures: OrderedDict[str, bytes] = OrderedDict()  # by key, the one used last at the end
        self._drawings: dict[str, asyncio.Task[bytes]] = {}  # under way, by key

    async def __call__(self, journey_map: JourneyMap, choice: PictureChoice = PictureChoice()) -> Upload:  # noqa: B008 - as above
        theme, words = self._themes.find(choice.theme), words_in(journey_map.language)
        # In a thread: a large map has thousands of figures, and taps go on between them.
        key = await asyncio.to_thread(picture_key, journey_map, choice, theme)
        data = await self._find_or_draw(key, lambda: self._process.draw(journey_map, words, choice, theme))
        return picture_upload(journey_map, choice, key, data)

    async def draw_asking(self, report: AskingReport) -> Upload:
        """Return the picture of the asking. Raises MapProcessError."""
        theme, words = self._themes.brand, words_in(report.language)
        key = await asyncio.to_thread(asking_key, report, theme)
        data = await self._find_or_draw(key, lambda: self._process.draw_asking(report, words, theme))
        name = f"{report.journey}-asking-{report.period.last.isoformat()}.png"
        return Upload(name, data, as_file=False, cache_key=key)

    async def _find_or_draw(self, key: str, draw: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        drawing = self._drawings.get(key)
        if drawing is None:
            drawing = self._drawings[key] = asyncio.create_task(draw())
            drawing.add_done_callback(functools.partial(self._keep, key))
        # Shielded: one who is cancelled leaves it to the others who wait for it.
        return await asyncio.shield(drawing)

    def _keep(self, key: str, drawing: asyncio.Task[bytes]) -> None:
        """Keep a picture that was drawn; a drawing that failed is tried again for the next who wants it."""
        del self._drawings[key]
        if drawing.cancelled() or drawing.exception() is not None:
            return
        self._pictures[key] = drawing.result()
        if len(self._pictures) > MOST_PICTURES:
            self._pictures.popitem(last=False)


def picture_upload(journey_map: JourneyMap, choice: PictureChoice, key: str, data: bytes | None = None) -> Upload:
    """Return the picture as it is sent: as a file, but for a photo of the phone layout.

    A recompressed photo of a wall is unreadable, and messengers take no SVG or PDF as a photo.
    """
    name = f"{journey_map.journey}-{journey_map.period.last.isoformat()}.{choice.format}"
    is_photo = choice.layout is Layout.PHONE and choice.format is PictureFormat.PNG
    kind = "photo" if choice.format is PictureFormat.PNG else "document"
    return Upload(name, data, as_file=not is_photo, kind=kind, cache_key=key)


def picture_key(journey_map: JourneyMap, choice: PictureChoice, theme: Theme) -> str:
    """Return a hash of all that the picture shows except when it was made: the same figures are the same picture."""
    figures = asdict(journey_map, dict_factory=_drop_writers) | {"as_of": None}
    return _content_key([figures, asdict(choice)], journey_map.language, theme)


def asking_key(report: AskingReport, theme: Theme) -> str:
    """Return a hash of all that the picture of the asking shows except when it was made."""
    return _content_key([asdict(replace(report, as_of=_ANY_TIME)), "asking"], report.language, theme)


def _content_key(content: Sequence[Any], language: str, theme: Theme) -> str:
    looks = [repr(theme), _company_font_hash(theme.typeface), _drawing_code_hash(language)]
    text = json.dumps([*content, *looks], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _drop_writers(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return fields of the map without the ids of quoted customers, which no picture shows."""
    return {name: value for name, value in fields if name != "writer"}


@functools.cache
def _drawing_code_hash(language: str) -> str:
    """Return a hash of all that pictures are made of: after an update, older pictures are not used any more.

    That is all of ``cjm``, which finds, words and draws what stands on a picture, the texts and how they are filled in,
    and the libraries that shape and draw them.
    """
    digest = hashlib.sha256(repr(sorted(catalogue_entries(language).items())).encode())
    for source in (*read_python_sources(files("cjm")), (files("bot.texts") / "catalogue.py").read_bytes()):
        digest.update(source)
    digest.update(repr([version(name) for name in _LIBRARIES]).encode())
    return digest.hexdigest()


@functools.cache
def _company_font_hash(typeface: Typeface) -> str:
    """Return a hash of a company's own font files, which may be replaced under their names; empty for other fonts."""
    digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for _, path in typeface.cuts]
    return "".join(digests)


def read_python_sources(folder: Traversable) -> list[bytes]:
    """Return the contents of all Python files of a package and of those in it."""
    sources = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            sources += read_python_sources(entry)
        elif entry.name.endswith(".py"):
            sources.append(entry.read_bytes())
    return sources
