"""First minute of a newcomer on the demo's page, in a real browser."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.demo.startup import Demo, DemoOptions, start_demo

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def running(tmp_path: Path) -> AsyncIterator[Demo]:
    async with start_demo(DemoOptions(open_browser=False, weeks=2), tmp_path, lambda share: None) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, running: Demo) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    await page.goto(running.url)
    yield page
    await page.close()


async def test_a_newcomer_is_asked_complains_and_gets_a_map_and_a_digest(page: Page, running: Demo) -> None:
    customer, manager, team = (page.get_by_role("region", name=name) for name in ("Customer", "Manager", "Team"))
    await customer.get_by_role("button", name="Open the personal link").click()
    await customer.get_by_role("button", name="Yes").first.click()
    await expect(customer).to_contain_text("Thank you")

    await page.get_by_role("button", name="Delivery", exact=True).click()
    await customer.get_by_role("button", name="🙁").click()
    await customer.get_by_role("button", name="2", exact=True).click()
    await customer.get_by_role("button", name="It came late").click()
    await customer.get_by_role("textbox").fill("Nobody called me.")
    await customer.get_by_role("textbox").press("Enter")
    await customer.get_by_role("button", name="Yes, please").click()
    await expect(team).to_contain_text("Nobody called me.")
    await team.get_by_role("button", name="I'll take it").last.click()
    await expect(team).to_contain_text("Manager took it")

    await manager.get_by_role("textbox").fill("/map")
    await manager.get_by_role("textbox").press("Enter")
    await expect(manager.locator("img").last).to_be_visible(timeout=20_000)

    before = running.backstage.now()
    await page.get_by_role("button", name="+1 week").click()
    await expect(team.locator("img").last).to_be_visible(timeout=60_000)
    await expect(page.locator("#strip")).to_have_attribute("aria-busy", "false", timeout=60_000)
    assert running.backstage.now() >= before + timedelta(weeks=1)
