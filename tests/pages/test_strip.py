"""Strip above the chats: happenings, the clock, languages, narrow screens."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import Happening
from tests.pages.conftest import PageStage, resize
from tests.pages.test_chat import CUSTOMER, start

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("chromium"),
]


async def test_happening_goes_to_the_chosen_customer(page: Page, stage: PageStage) -> None:
    await expect(page.locator(".strip-title")).to_have_text("What happens to Anna")
    await page.locator(f"{CUSTOMER} select").select_option(label="Boris")
    await expect(page.locator(".strip-title")).to_have_text("What happens to Boris")
    await page.get_by_role("button", name="Paid at the till").click()
    await expect(page.locator(".says")).to_contain_text("Paid: a question follows.")
    assert stage.backstage.happened == [(stage.boris.id, "t:pay")]
    await page.get_by_role("button", name="Delivery was late").click()
    await expect(page.locator(".says.bad")).to_have_text("This customer has not bought anything yet.")


async def test_page_tells_its_notice_when_it_is_opened_and_not_again(page: Page, stage: PageStage) -> None:
    stage.sandbox.page.notice = "The chats begin empty."
    await page.reload()
    await expect(page.locator(".says")).to_have_text("The chats begin empty.")
    await page.get_by_role("button", name="Paid at the till").click()
    await expect(page.locator(".says")).to_contain_text("Paid: a question follows.")
    stage.backstage.happenings = stage.backstage.happenings[:1]
    stage.sandbox.page.set_backstage(stage.backstage)
    await expect(page.locator(".chip")).to_have_count(1)
    await expect(page.locator(".says")).to_contain_text("Paid: a question follows.")


async def test_customer_with_unread_messages_is_marked(page: Page, stage: PageStage) -> None:
    await start(page)
    await stage.boris.start()
    option = page.locator(f"{CUSTOMER} option", has_text="Boris")
    await expect(option).to_have_text("● Boris")
    await page.locator(f"{CUSTOMER} select").select_option(str(stage.boris.id))
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("Hello Boris!")
    await expect(option).to_have_text("Boris")


async def test_buttons_are_disabled_while_time_moves(page: Page, stage: PageStage) -> None:
    before = await page.locator(".moment").get_attribute("datetime")
    assert before == "2026-03-02T09:30:00+00:00"
    stage.backstage.gate.clear()
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator(".strip")).to_have_class(re.compile("travelling"))
    await expect(page.locator(".says")).to_have_text("Time is passing…")
    for each in await page.locator(".chip, .jump").all():
        await expect(each).to_be_disabled()
    stage.backstage.gate.set()
    await expect(page.locator(".says")).to_have_text("It is later now.")
    await expect(page.locator(".moment")).to_have_attribute("datetime", "2026-03-03T09:30:00+00:00")
    await page.get_by_role("button", name="Skip to what is due next").click()
    await expect(page.locator(".moment")).to_have_attribute("datetime", "2026-03-03T11:30:00+00:00")


async def test_messages_have_business_time_and_days_are_separated(page: Page, stage: PageStage) -> None:
    await start(page)
    await page.get_by_role("button", name="+1 week").click()
    await expect(page.locator(".says")).to_have_text("It is later now.")
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text="A week later")
    await expect(page.locator(f"{CUSTOMER} .day")).to_have_text(["Monday 2 March", "Monday 9 March"])


async def test_the_page_speaks_three_languages(page: Page, stage: PageStage) -> None:
    await page.locator("#languages button", has_text="RU").click()
    await expect(page.locator(".strip-title")).to_have_text("Что происходит: Anna")
    await expect(page.locator(".chip").first).to_have_text("Оплата")
    await expect(page.locator("html")).to_have_attribute("lang", "ru")
    # The bot does not speak another language by this button, and the page says so.
    await expect(page.locator("#languages")).to_have_attribute("title", re.compile("чаты"))
    await page.locator("#languages button", has_text="PL").click()
    await expect(page.locator(f"{CUSTOMER} h2")).to_have_text("Klient")
    await page.reload()
    await expect(page.locator(f"{CUSTOMER} h2")).to_have_text("Klient")


async def test_phone_shows_one_chat_at_a_time(phone: Page, stage: PageStage) -> None:
    await expect(phone.locator(CUSTOMER)).to_be_visible()
    await expect(phone.locator("#pane-team")).to_be_hidden()
    await stage.bot.call("sendMessage", chat_id=stage.team.id, text="The digest")
    await expect(phone.locator("#tab-team")).to_have_class(re.compile("news"))
    await phone.locator("#tab-team").click()
    await expect(phone.locator("#pane-team .message.in")).to_contain_text("The digest")
    await expect(phone.locator("#tab-team")).not_to_have_class(re.compile("news"))
    await expect(phone.locator(CUSTOMER)).to_be_hidden()
    await phone.keyboard.press("ArrowLeft")
    await expect(phone.locator("#pane-manager")).to_be_visible()


async def test_on_a_phone_the_strip_folds(phone: Page, stage: PageStage) -> None:
    await expect(phone.locator(".chip").first).to_be_hidden()
    await phone.locator(".strip-title").click()
    await phone.get_by_role("button", name="Paid at the till").click()
    await expect(phone.locator(".says")).to_contain_text("Paid: a question follows.")
    # What came of it is seen in the chat.
    await expect(phone.locator(".chip").first).to_be_hidden()


async def test_nothing_is_wider_than_the_screen(page: Page, stage: PageStage) -> None:
    await start(page)
    long = "Donaudampfschifffahrtsgesellschaft" * 6
    keys = {"inline_keyboard": [[{"text": long[:60], "callback_data": str(i)} for i in range(8)]]}
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text=long, reply_markup=keys)
    await expect(page.locator(f"{CUSTOMER} .key")).to_have_count(10)
    for width in (390, 1000, 1440):
        await resize(page, width, 844)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert await page.locator(f"{CUSTOMER} .scroll").evaluate("each => each.scrollWidth <= each.clientWidth"), width


async def test_many_stages_with_long_titles_leave_the_chats_their_height(page: Page, stage: PageStage) -> None:
    title = "Оформление возврата товара надлежащего качества в магазине №"
    stage.backstage.happenings = [Happening(f"t:{n}", {"en": title}, {"en": f"{title} {n // 3}"}) for n in range(18)]
    stage.sandbox.page.set_backstage(stage.backstage)
    await expect(page.locator(".chip")).to_have_count(18)
    share = "each => each.offsetHeight / innerHeight"
    for width, height in ((1440, 900), (1024, 768)):
        await resize(page, width, height)
        assert await page.locator("#pane-team .scroll").evaluate(share) >= 0.4, width
    await resize(page, 390, 844)
    await page.locator(".strip-title button").click()
    assert await page.locator("#strip").evaluate(share) <= 0.7
    await page.locator(".chip").last.click()
    await expect(page.locator(".says")).to_contain_text("Paid: a question follows.")


async def test_keyboard_stays_where_it_was(page: Page, stage: PageStage) -> None:
    """A jump, and a new state of the page, leave the focus, the draft and the place in the chat."""
    await start(page)
    day = page.get_by_role("button", name="+1 day")
    await day.press("Enter")
    await expect(page.locator(".says")).to_have_text("It is later now.")
    await expect(day).to_be_focused()
    for n in range(20):
        await stage.bot.call("sendMessage", chat_id=stage.anna.id, text=f"{n}\n" * 4)
    await expect(page.locator(f"{CUSTOMER} .message.in")).to_have_count(21)
    scroll, text = page.locator(f"{CUSTOMER} .scroll"), page.locator(f"{CUSTOMER} textarea")
    await scroll.hover()
    await page.mouse.wheel(0, -600)
    await expect(page.locator(f"{CUSTOMER} .newest")).to_be_visible()
    place = await scroll.evaluate("each => each.scrollTop")
    await text.fill("half a sen")
    await scroll.evaluate("each => each.dataset.old = 'yes'")
    stage.sandbox.page.set_backstage(stage.backstage)
    await expect(page.locator(f"{CUSTOMER} .scroll[data-old]")).to_have_count(0)
    await expect(text).to_be_focused()
    await expect(text).to_have_value("half a sen")
    assert await scroll.evaluate("each => each.scrollTop") == pytest.approx(place, abs=2)


async def test_page_reconnects_after_a_broken_connection(page: Page, stage: PageStage) -> None:
    await start(page)
    for stream in list(stage.sandbox.page._streams):
        stream.put_nowait(None)
    await asyncio.sleep(0)
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text="while you were away")
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("while you were away")
    await expect(page.locator("#offline")).to_be_hidden()
