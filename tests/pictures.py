"""Make the pictures of the README with the product itself: ``uv run python -m tests.pictures``."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.demo.startup import Demo, DemoOptions, start_demo
from bot.texts import words_in
from bot.usecases.maps.make_map import MapRequest
from cjm.drawing import Layout, draw_map
from tests.pages.conftest import ARGUMENTS, find_chromium

DOCS = Path(__file__).parent.parent / "docs"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with start_demo(DemoOptions(open_browser=False), Path(folder), lambda share: None) as running:
            await _draw_maps(running)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
                page = await browser.new_page(viewport={"width": 1440, "height": 1000}, device_scale_factor=1)
                await page.goto(running.url)
                await _play_story(page, running)
                await page.screenshot(path=DOCS / "demo.png")
                await browser.close()


async def _draw_maps(running: Demo) -> None:
    journey_map = await running.tropa.parts.make_map(MapRequest("shop", language="en"))
    for layout in Layout:
        (DOCS / f"{layout}.png").write_bytes(draw_map(journey_map, words_in("en"), layout=layout))


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
    asyncio.run(main())
