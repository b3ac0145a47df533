"""Make the pictures of the README, or a page of all kinds of pictures to look at one by one.

``uv run python -m tests.pictures`` makes those of the README; ``… --gallery DIR`` writes ``DIR/index.html``.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.demo.startup import Demo, DemoOptions, start_demo
from bot.texts import LANGUAGES
from bot.usecases.maps.make_map import MapRequest
from cjm.figures.journey_map import JourneyMap, MapKind
from tests.gallery.page import list_made, list_written, write_gallery
from tests.gallery.readme_pictures import DEMO, find_demo_fingerprint, list_readme_pictures, save_picture
from tests.pages.conftest import ARGUMENTS, find_chromium

REQUESTS = (
    MapRequest("shop", with_channels=True),
    MapRequest("shop", kind=MapKind.FUTURE),
    MapRequest("shop", kind=MapKind.BLUEPRINT, with_channels=True),
    MapRequest("shop", compare="before"),
    MapRequest("shop", kind=MapKind.PERSONAS),
    MapRequest("shop", kind=MapKind.PERSONA),
    MapRequest("shop", kind=MapKind.CHANNELS),
    MapRequest("shop", kind=MapKind.DAY),
)


def main() -> None:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--gallery", type=Path, metavar="DIR", help="write all kinds of pictures into this folder")
    gallery = parser.parse_args().gallery
    if gallery:
        maps = asyncio.run(_make_maps())
        write_gallery(gallery, [*list_made(maps), *list_written()])
        return
    for picture in list_readme_pictures():
        picture.draw()
    asyncio.run(_take_page())


@asynccontextmanager
async def _run_demo() -> AsyncIterator[Demo]:
    with tempfile.TemporaryDirectory() as folder:
        async with start_demo(DemoOptions(open_browser=False), Path(folder), lambda share: None) as running:
            yield running


async def _make_maps() -> list[JourneyMap]:
    """Return maps of the demo's shop: each kind in each language."""
    async with _run_demo() as running:
        make_map = running.tropa.parts.make_map
        return [await make_map(replace(request, language=language)) for request in REQUESTS for language in LANGUAGES]


async def _take_page() -> None:
    """Take a picture of the demo's page after a small story."""
    async with _run_demo() as running, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1440, "height": 1000}, device_scale_factor=1)
        await page.goto(running.url)
        await _play_story(page, running)
        save_picture(DEMO, await page.screenshot(), find_demo_fingerprint())
        await browser.close()


async def _play_story(page: Page, running: Demo) -> None:
    """Let a customer be asked, be unhappy and want to be contacted, and the manager ask for the map."""
    olga, manager, tropa = running.customers[0], running.manager, running.tropa

    async def settle() -> None:
        await running.sandbox.wait_until_acknowledged()
        await tropa.settle()

    await page.get_by_role("button", name="Open the personal link").click()
    await olga.wait_for_message(lambda message: bool(message.buttons))
    await olga.click(0)
    await settle()
    await page.get_by_role("button", name="Delivery", exact=True).click()
    await olga.wait_for_message("How did you feel")
    for button in ("🙁", "2", "It came late"):
        await olga.click(button)
        await settle()
    await olga.send("I waited at home all day and nobody called.")
    await settle()
    await olga.click("Yes, please")
    await settle()
    await running.group.click(manager, "take it")
    await manager.send("/map")
    await settle()
    region = page.get_by_role("region", name="Manager")
    await region.locator("img").last.evaluate("picture => picture.scrollIntoView({block: 'start'})")
    await page.wait_for_timeout(1500)  # the picture fades in


if __name__ == "__main__":
    main()
