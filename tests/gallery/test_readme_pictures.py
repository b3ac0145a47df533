"""The README's pictures are those that the product makes."""

import pytest

from tests.gallery.readme_pictures import (
    DEMO,
    ROOT,
    ReadmePicture,
    find_demo_fingerprint,
    list_readme_pictures,
    read_fingerprint,
)

REMEDY = "is stale: run `uv run python -m tests.pictures`, and look at what it made"


@pytest.mark.parametrize("picture", list_readme_pictures(), ids=lambda picture: picture.name)
def test_map_of_the_readme_is_the_one_that_is_drawn_today(picture: ReadmePicture) -> None:
    assert read_fingerprint(picture.path) == picture.find_fingerprint(), f"{picture.path.name} {REMEDY}"


def test_page_of_the_readme_is_the_one_that_is_served_today() -> None:
    assert read_fingerprint(DEMO) == find_demo_fingerprint(), f"{DEMO.name} {REMEDY}"


def test_readme_shows_each_of_these_pictures() -> None:
    readme = (ROOT / "README.md").read_text()
    for path in (DEMO, *(picture.path for picture in list_readme_pictures())):
        assert f"](docs/{path.name})" in readme
