"""First minutes of a newcomer on the demo's page, in a real browser, at three widths; with DEEP=1 in each language."""

import itertools
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.demo.startup import Demo, DemoOptions, start_demo
from bot.texts import words_in
from bot.usecases.maps.make_map import MapRequest
from cjm import templates
from cjm.figures.journey_map import MapTotals
from cjm.journeys.journey_file import read_journey
from tests.depth import choose_depth
from tests.pages.conftest import WAIT, resize
from tests.pages.test_reading import SIZES, VISIBLE_SHARE

PHONE = 390
# A jump may take so many times as long as reading the demo's journey ten times; it takes five. Waiting for the pace of
# the messenger, or for a thousand edits, takes more than thirty.
LONGEST_JUMP = 20
JUMPS = 6  # at most, and the quickest counts: other tests run beside them, and not evenly
_numbers = itertools.count()
# In no group with the other pages: these are the longest tests here, and each may have a worker of its own.
pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]
# From the click to the sentence that says what happened.
JUMP_TIME = """async button => {
    const strip = document.getElementById("strip"), began = performance.now();
    button.click();
    await new Promise(done => new MutationObserver(() => strip.getAttribute("aria-busy") === "false" && done())
        .observe(strip, { attributes: true, attributeFilter: ["aria-busy"] }));
    return performance.now() - began;
}"""
COVERED_PICTURE = """dialog => {
    const picture = dialog.querySelector("img").getBoundingClientRect();
    return [...dialog.querySelectorAll(".viewer-bar, p")].map(each => each.getBoundingClientRect()).filter(each =>
        each.left < picture.right && picture.left < each.right && each.top < picture.bottom && picture.top < each.bottom
    ).length + (picture.bottom > innerHeight || picture.right > innerWidth);
}"""


@pytest_asyncio.fixture(loop_scope="module", params=["en", "ru", "pl"][: choose_depth(1, 3)])
async def running(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Demo]:
    options = DemoOptions(open_browser=False, weeks=1, language=request.param)
    async with start_demo(options, tmp_path, lambda share: None) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, running: Demo) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(WAIT)
    await page.goto(running.url)
    yield page
    await page.close()


async def meet_the_bot(customer: Locator) -> None:
    """Start without the link; the page goes on offering it until it is opened."""
    await customer.locator(".invitation .plain").click()
    await expect(customer.locator(".message.in")).to_have_count(1)
    await customer.locator(".foot .primary").click()
    await customer.locator(".key").first.click()
    await expect(customer.locator(".foot .primary")).to_have_count(0)


async def be_asked(page: Page, customer: Locator) -> None:
    """The first chip with a survey brings a question. The next waits for it, says so, and comes when insisted on."""
    await page.locator(".chip").first.click()
    await expect(page.locator(".says")).not_to_be_empty()
    await page.locator("[data-happening=first_visit]").click()
    await expect(customer.locator(".message").last.locator(".key", has_text="🙁")).to_be_visible()
    before = await customer.locator(".message").count()
    await page.locator("[data-happening=delivery]").click()
    await page.locator(".says .insist").click()
    await expect(customer.locator(".message")).to_have_count(before + 1)


async def complain(customer: Locator, team: Locator, running: Demo) -> None:
    asked = customer.locator(".message").last
    await asked.locator(".key", has_text="🙁").click()
    await asked.get_by_role("button", name="2", exact=True).click()
    await expect(asked.get_by_role("button", name="2", exact=True)).to_have_count(0)
    await asked.locator(".key").first.click()
    await customer.get_by_role("textbox").fill("Nobody called me.")
    await customer.get_by_role("textbox").press("Enter")
    words = words_in(running.manager.user.language_code)
    await customer.get_by_role("button", name=words("chat.contact.yes")).click()
    await expect(team.locator(".message").last).to_contain_text("Nobody called me.")
    await team.locator(".message").last.locator(".key").first.click()
    await expect(team.locator(".message").last).to_contain_text(running.manager.user.first_name)


async def see_the_map(page: Page, manager: Locator) -> None:
    """Most of the picture is in view at each width, and each chat has a usable height; the viewer covers nothing."""
    await manager.get_by_role("textbox").fill("/map")
    await manager.get_by_role("textbox").press("Enter")
    picture, viewer = manager.locator(".photo").last, page.locator("dialog.viewer")
    await expect(picture).to_be_visible()
    for width, height in SIZES:
        await resize(page, width, height)
        if width == PHONE:
            await page.locator("#tab-manager").click()
        await expect(manager.locator(".newest")).to_be_visible()
        assert await picture.evaluate(VISIBLE_SHARE) >= 0.6, width
        assert await manager.locator(".scroll").evaluate("each => each.clientHeight / innerHeight") >= 0.5, width
        await picture.click()
        await expect(viewer.locator("img")).to_be_visible()
        assert await viewer.evaluate(COVERED_PICTURE) == 0, width
        await page.keyboard.press("Escape")
    await resize(page, *SIZES[0])


def work_for_comparison() -> float:
    """Return how many milliseconds this machine takes now for reading the demo's journey ten times."""
    began = time.perf_counter()
    for _ in range(10):  # each time another text: the tests remember those that they have read
        read_journey(f"{templates.text('shop')}\n# {next(_numbers)}", "shop")
    return (time.perf_counter() - began) * 1000


async def jump(page: Page, running: Demo, button: str) -> float:
    """Press a jump; return how long it took, until the page said what happened."""
    before, said = running.backstage.now(), await page.locator(".says").inner_text()
    taken = await page.locator(button).evaluate(JUMP_TIME)
    assert running.backstage.now() > before
    assert await page.locator(".says").inner_text() not in {"", said}
    return float(taken)


async def compare_jump(page: Page, running: Demo) -> float:
    """Jump to what is due next; return how often the work for comparison could have been done meanwhile."""
    reference = work_for_comparison()
    taken = await jump(page, running, ".jump.to-next")
    return taken / max(reference, work_for_comparison())


async def count_totals(running: Demo) -> MapTotals:
    return (await running.tropa.parts.make_map(MapRequest("shop", language="en"))).totals


async def test_a_newcomer_is_asked_complains_gets_a_map_and_moves_time(page: Page, running: Demo) -> None:
    customer, manager, team = (page.locator(f"#pane-{role}") for role in ("customer", "manager", "team"))
    await meet_the_bot(customer)
    await be_asked(page, customer)
    await complain(customer, team, running)
    await see_the_map(page, manager)

    ratios = [await compare_jump(page, running)]
    while min(ratios) >= LONGEST_JUMP and len(ratios) < JUMPS:
        ratios.append(await compare_jump(page, running))
    assert min(ratios) < LONGEST_JUMP

    await customer.get_by_role("textbox").fill("/forget")
    await customer.get_by_role("textbox").press("Enter")
    await customer.locator(".message").last.locator(".key").last.click()
    await expect(customer.locator(".foot .primary")).to_be_visible()

    if "language=en" in running.url:  # a week is the dearest part, and its words have tests of their own
        before, pictures = await count_totals(running), await team.locator(".photo").count()
        now = running.backstage.now()
        await jump(page, running, ".jump.to-week")
        assert running.backstage.now() >= now + timedelta(weeks=1)
        after = await count_totals(running)
        assert after.answers > before.answers
        assert after.visits > before.visits
        await expect(team.locator(".photo")).to_have_count(pictures + 1)
        digest = team.locator(".with-photo .words").last
        assert len((await digest.inner_text()).splitlines()) > 3
