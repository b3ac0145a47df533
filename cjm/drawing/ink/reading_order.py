"""Reading order: the texts of a picture as somebody reads them who hears them one after another."""

from collections.abc import Iterator

from cjm.drawing.primitives import Picture, Region, TextLine


def group_texts(picture: Picture) -> Iterator[tuple[str, list[TextLine]]]:
    """Yield a title and texts: what stands above the regions, each region, and the rest; no group is empty.

    Texts stand in a region by the beginning of their line. Outside they keep the order in which they were placed.
    """
    top = min((region.box.y for region in picture.regions), default=float("inf"))
    before: list[TextLine] = []
    after: list[TextLine] = []
    inside: dict[int, list[TextLine]] = {i: [] for i in range(len(picture.regions))}
    for line in picture.texts:
        place = _find_region(line, picture.regions)
        if place is not None:
            inside[place].append(line)
        else:
            (before if line.y < top else after).append(line)
    yield from _with_texts("", before)
    for i, region in enumerate(picture.regions):
        yield from _with_texts(region.title, sorted(inside[i], key=lambda line: (round(line.y), line.x)))
    yield from _with_texts("", after)


def _with_texts(title: str, lines: list[TextLine]) -> Iterator[tuple[str, list[TextLine]]]:
    if lines:
        yield title, lines


def _find_region(line: TextLine, regions: tuple[Region, ...]) -> int | None:
    x, y = line.x + min(line.width, line.px) / 2, line.y - 0.3 * line.px
    for i, region in enumerate(regions):
        box = region.box
        if box.x <= x < box.right and box.y <= y < box.bottom:
            return i
    return None
