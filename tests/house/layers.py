"""Draw `docs/layers.svg` from the import contracts and the packages' docstrings: ``python -m tests.house.layers``.

The picture cannot tell another story than the code: a test draws it again and compares.
"""

import ast
import tomllib
from html import escape

from tests.house.source import ROOT

PICTURE = ROOT / "docs" / "layers.svg"
WIDTH, ROW, GAP, LEFT, TOP = 1120, 38, 7, 24, 74
NO_MESSENGERS = {"http", "scheduler"}  # the other ways in from outside, beside the messengers' packages
CONTRACTS = {"bot": "The direction of the house", "cjm": "The direction of the domain"}
PAPER, INK, QUIET, CARRY, DECIDE = "#fbfaf7", "#22302f", "#5d6b69", "#dcebe6", "#fbe3c8"


def read_layers(contract: str) -> list[list[str]]:
    """Return the rooms of each layer of a contract in pyproject.toml, from the outside to the inside."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for each in project["tool"]["importlinter"]["contracts"]:
        if each["name"] == contract:
            return [[name.strip() for name in layer.split("|")] for layer in each["layers"]]
    raise LookupError(contract)


def messenger_rooms(layers: list[list[str]]) -> list[str]:
    """Return the messengers' packages of `bot`: the rooms that stand beside ``telegram`` in its layer, and itself."""
    beside = next(layer for layer in layers if "telegram" in layer)
    return [room for room in beside if room not in NO_MESSENGERS]


def read_messengers() -> list[str]:
    """Return the messengers' packages that the import contracts name."""
    return messenger_rooms(read_layers(CONTRACTS["bot"]))


def first_line(package: str, room: str) -> str:
    """Return the first line of a room's docstring, without its markup."""
    folder = ROOT / package / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return doc.split("\n")[0].replace("`", "")


def text_svg(x: float, y: float, words: str, size: int, colour: str = INK, weight: int = 400) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}">{escape(words)}</text>'


def draw_rows(package: str, y: float, fill: str) -> tuple[list[str], float]:
    """Draw the layers of a package as bars, the rooms of a layer under each other; return the lower end as well."""
    drawn: list[str] = []
    for layer in read_layers(CONTRACTS[package]):
        height = len(layer) * (ROW - 10) + 10
        drawn.append(f'<rect x="{LEFT}" y="{y}" width="{WIDTH - 2 * LEFT}" height="{height}" rx="8" fill="{fill}"/>')
        for i, room in enumerate(layer):
            baseline = y + 24 + i * (ROW - 10)
            drawn.append(text_svg(LEFT + 16, baseline, f"{package}.{room}", 16, weight=600))
            drawn.append(text_svg(LEFT + 200, baseline, first_line(package, room), 14, QUIET))
        y += height + GAP
    return drawn, y


def draw_layers() -> str:
    """Return the picture as SVG: `bot` from the command line down to its base, below it `cjm`."""
    head = [
        text_svg(LEFT, 34, "bot carries", 22, weight=700),
        text_svg(LEFT, 58, "Each layer may import those below it.", 14, QUIET),
    ]
    carries, y = draw_rows("bot", TOP, CARRY)
    middle = [text_svg(LEFT, y + 34, "cjm decides", 22, weight=700)]
    middle.append(text_svg(LEFT, y + 58, "Plain values and functions: no messenger, SQL, clock or network.", 14, QUIET))
    decides, y = draw_rows("cjm", y + TOP, DECIDE)
    body = "\n".join([*head, *carries, *middle, *decides])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 12}" width="{WIDTH}" height="{y + 12}" '
        f'font-family="Roboto, Segoe UI, Helvetica, Arial, sans-serif">\n'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw_layers(), encoding="utf-8")
