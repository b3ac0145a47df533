"""What can be seen, read and pressed on the page: pictures from their top, notices beside buttons, names, contrast."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.pages.conftest import PageStage, resize
from tests.pages.test_chat import CUSTOMER, start
from tests.sandbox.conftest import png

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("chromium"),
]
SIZES = [(1440, 900), (1024, 768), (390, 844)]
VISIBLE_SHARE = """photo => {
    const picture = photo.getBoundingClientRect(), view = photo.closest(".scroll").getBoundingClientRect();
    const height = Math.min(picture.bottom, view.bottom) - Math.max(picture.top, view.top);
    const width = Math.min(picture.right, view.right) - Math.max(picture.left, view.left);
    return Math.max(0, height) * Math.max(0, width) / (picture.width * picture.height);
}"""
COVERED_KEYS = """toast => [...document.querySelectorAll(".key")].filter(key => {
    const own = key.getBoundingClientRect(), other = toast.getBoundingClientRect();
    const view = key.closest(".scroll").getBoundingClientRect();
    const top = Math.max(own.top, view.top), bottom = Math.min(own.bottom, view.bottom);
    return own.left < other.right && other.left < own.right
        && Math.max(top, other.top) < Math.min(bottom, other.bottom);
}).length"""
NAMELESS = """() => [...document.querySelectorAll("button, a[href], select, textarea, [role=slider], [role=log]")]
    .filter(each => each.checkVisibility() && !(each.ariaLabel || each.innerText?.trim()))
    .map(each => each.outerHTML.slice(0, 80))"""
SMALL = """() => [...document.querySelectorAll("button, a.key, a.document, select")].filter(each => {
    const { width, height } = each.getBoundingClientRect();
    return each.checkVisibility() && !each.matches(".inline-link") && Math.min(width, height) < 24;
}).map(each => each.outerHTML.slice(0, 80))"""
# Texts with a contrast below 4.5:1 against the nearest background. Half-transparent backgrounds are left out.
PALE = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const pale = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest("script, noscript, option, :disabled")) continue;
        let behind = element;
        while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const below = rgba(getComputedStyle(behind ?? document.body).backgroundColor);
        if (below[3] < 255) continue;
        const [a, b] = [light(rgba(getComputedStyle(element).color)), light(below)].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) pale.push(`${element.className} ${walker.currentNode.data.slice(0, 30)}`);
    }
    return pale;
}"""


def keys(rows: int) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": f"Key {row}", "callback_data": str(row)}] for row in range(rows)]}


async def send_picture(stage: PageStage, chat: int, width: int, height: int) -> str:
    """Send a picture with words and buttons, and return its file id."""
    form = {"chat_id": str(chat), "caption": "A map\n" * 4, "reply_markup": json.dumps(keys(5))}
    sent = await stage.bot.call.upload("sendPhoto", "photo", png(width, height), "map.png", **form)
    return str(sent["result"]["photo"][-1]["file_id"])


async def test_tall_picture_is_seen_from_its_top_and_a_new_one_too(page: Page, stage: PageStage) -> None:
    await start(page)
    await send_picture(stage, stage.anna.id, 400, 1000)
    photo = page.locator(f"{CUSTOMER} .photo")
    for width, height in SIZES:
        await resize(page, width, height)
        await expect(page.locator(f"{CUSTOMER} .newest")).to_be_visible()
        assert await photo.evaluate(VISIBLE_SHARE) >= 0.6, width
    await page.locator(f"{CUSTOMER} .newest").click()
    await expect(page.locator(f"{CUSTOMER} .newest")).to_be_hidden()
    before = await photo.evaluate(VISIBLE_SHARE)
    other = {"type": "photo", "media": await send_picture(stage, stage.team.id, 420, 1000), "caption": "Another map"}
    place = {"chat_id": stage.anna.id, "message_id": stage.anna.last.id}
    await stage.bot.call("editMessageMedia", **place, media=other, reply_markup=keys(5))
    await expect(photo.locator("img")).to_have_js_property("naturalWidth", 420)
    assert before < 0.6 <= await photo.evaluate(VISIBLE_SHARE)


async def test_notice_covers_no_button(page: Page, stage: PageStage) -> None:
    await start(page)
    stage.bot.gate.clear()
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text="Choose", reply_markup=keys(14))
    await expect(page.locator(f"{CUSTOMER} .key", has_text="Key 13")).to_be_in_viewport()
    await page.locator(f"{CUSTOMER} .key", has_text="Key 13").click()
    await stage.sandbox.world.bell.until(lambda: stage.sandbox.world.presses, 60)
    (press,) = stage.sandbox.world.presses.values()
    await stage.bot.call("answerCallbackQuery", callback_query_id=press.id, text="A notice of the bot. " * 3)
    toast = page.locator(f"{CUSTOMER} .toast")
    await expect(toast).to_be_visible()
    assert await toast.evaluate(COVERED_KEYS) == 0


async def test_everything_has_a_name_a_size_and_a_contrast(page: Page, stage: PageStage) -> None:
    await start(page)
    await send_picture(stage, stage.anna.id, 300, 200)
    await stage.anna.send_voice(b"OggS")
    await stage.bot.call.upload("sendDocument", "document", b"1", "a.txt", chat_id=str(stage.anna.id))
    await expect(page.locator(f"{CUSTOMER} .document")).to_be_visible()
    assert await page.locator("h1").count() == 1
    for width, height in SIZES[::2]:
        await resize(page, width, height)
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(SMALL) == []
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert await page.evaluate(PALE) == [], scheme
