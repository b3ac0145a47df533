"""The chat page in a browser: actions of people, and what the page shows."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.pages.conftest import PageStage
from tests.sandbox.conftest import png

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("chromium"),
]
CUSTOMER = "#pane-customer"


async def start(page: Page) -> None:
    await page.locator(f"{CUSTOMER} .invitation .primary").click()
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("How was it?")


async def write(page: Page, text: str, pane: str = CUSTOMER) -> None:
    await page.locator(f"{pane} textarea").fill(text)
    await page.locator(f"{pane} textarea").press("Enter")


async def test_a_new_customer_opens_the_link_from_the_receipt(page: Page, stage: PageStage) -> None:
    await expect(page.locator(f"{CUSTOMER} .invitation h3")).to_have_text("Anna has a receipt with a link")
    await start(page)
    await expect(page.locator(f"{CUSTOMER} .message.out")).to_contain_text(f"/start link-{stage.anna.id}")
    await expect(page.locator(f"{CUSTOMER} .message.in strong")).to_have_text("How was it?")
    await expect(page.locator(f"{CUSTOMER} .key")).to_have_text(["Good", "Bad"])
    await expect(page.locator(f"{CUSTOMER} .day")).to_have_text("Monday 2 March")


async def test_pressed_button_waits_until_the_bot_answers(page: Page, stage: PageStage) -> None:
    await start(page)
    stage.bot.gate.clear()
    key = page.locator(f"{CUSTOMER} .key", has_text="Good")
    await key.click()
    await expect(key).to_have_class(re.compile("waiting"))
    stage.bot.gate.set()
    await expect(page.locator(f"{CUSTOMER} .toast")).to_have_text("Noted, thank you")
    answered = page.locator(f"{CUSTOMER} .message.in").last
    await expect(answered).to_contain_text("You said good.")
    await expect(answered).to_contain_text("edited")
    await expect(page.locator(f"{CUSTOMER} .key")).to_have_count(0)
    assert [toast.text for toast in stage.anna.toasts] == ["Noted, thank you"]


async def test_alert_is_a_dialog_that_can_be_closed(page: Page, stage: PageStage) -> None:
    await start(page)
    stage.bot.gate.clear()
    await page.locator(f"{CUSTOMER} .key", has_text="Bad").click()
    await stage.sandbox.world.bell.until(lambda: stage.sandbox.world.presses, 60)
    (press,) = stage.sandbox.world.presses.values()
    await stage.bot.call("answerCallbackQuery", callback_query_id=press.id, text="Really?", show_alert=True)
    await expect(page.locator("dialog.alert p")).to_have_text("Really?")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.alert")).to_have_count(0)


async def test_typed_html_is_shown_as_text(page: Page, stage: PageStage) -> None:
    await start(page)
    nasty = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>&amp;"
    await write(page, nasty)
    await expect(page.locator(f"{CUSTOMER} .message.out .words").last).to_contain_text(nasty)
    await expect(page.locator(f"{CUSTOMER} .message.in .words").last).to_contain_text(f"echo: {nasty}")
    stage.sandbox.world.rename_person(stage.anna.user, first_name="<i>Anna</i>")
    await write(page, "again")
    await expect(page.locator(f"{CUSTOMER} .quote b").last).to_have_text("<i>Anna</i>")
    assert await page.locator(".message img, .message script, .message i").count() == 0
    assert "broken" not in await page.title()


async def test_script_link_is_shown_as_text(page: Page, stage: PageStage) -> None:
    await start(page)
    link = [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:document.title='broken'"}]
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text="click", entities=link)
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("click")
    assert await page.locator(f"{CUSTOMER} .message.in a").count() == 0
    # The chats of a demo that somebody else kept may hold what the sandbox refuses.
    message = stage.anna.chat.messages[stage.anna.last.id]
    message.markup = {"inline_keyboard": [[{"text": "Look", "url": "javascript:document.title='broken'"}]]}
    message.entities = [{"type": "constructor", "offset": 0, "length": 5}]
    await page.reload()
    await expect(page.locator(f"{CUSTOMER} .keys").last).to_have_text("Look")
    assert await page.locator(f"{CUSTOMER} :is(.message.in, .keys) a").count() == 0


async def test_photo_is_sent_received_and_opened_in_full_size(page: Page, stage: PageStage) -> None:
    await start(page)
    await page.locator(f"{CUSTOMER} textarea").fill("look")
    await page.locator(f"{CUSTOMER} input[type=file]").set_input_files(
        {"name": "p.png", "mimeType": "image/png", "buffer": png(300, 200)}
    )
    await expect(page.locator(f"{CUSTOMER} .message.out .words").last).to_contain_text("look")
    shown = page.locator(f"{CUSTOMER} .message.in .photo").last
    await expect(shown.locator("img")).to_have_js_property("naturalWidth", 300)
    assert stage.anna.messages[-2].content == png(300, 200)
    await shown.click()
    await expect(page.locator("dialog.viewer img")).to_have_js_property("naturalWidth", 300)
    pictured, *others = [
        await page.locator(f"dialog.viewer {part}").bounding_box() for part in ("img", ".viewer-bar", "p")
    ]
    assert pictured
    for other in others:
        assert other
        assert other["x"] >= pictured["x"] + pictured["width"] or other["y"] >= pictured["y"] + pictured["height"]
    await expect(page.locator("dialog.viewer a[download]")).to_have_attribute("href", re.compile("^/page/files/"))
    await page.keyboard.press("+")
    await expect(page.locator("dialog.viewer .stage")).to_have_class(re.compile("zoomed"))
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.viewer")).to_have_count(0)


async def test_reply_shows_a_quote_that_jumps_to_the_message(page: Page, stage: PageStage) -> None:
    await start(page)
    first = page.locator(f"{CUSTOMER} .message.in").first
    await first.hover()
    await first.locator(".reply-action").click()
    await expect(page.locator(f"{CUSTOMER} .answered")).to_contain_text("Reply to Tropa")
    await write(page, "it was late")
    quote = page.locator(f"{CUSTOMER} .message.out .quote")
    await expect(quote).to_contain_text("Hello Anna!")
    assert stage.anna.messages[2].reply_to is not None
    await quote.click()
    await expect(first).to_have_class(re.compile("flash"))


async def test_without_a_microphone_a_sample_can_be_sent(page: Page, stage: PageStage) -> None:
    await start(page)
    await page.locator(f"{CUSTOMER} .mic").click()
    await page.get_by_role("menuitem", name="Send a short sample instead").click()
    await expect(page.locator(f"{CUSTOMER} .message.out .voice")).to_be_visible()
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("3 seconds")
    assert stage.anna.messages[-2].content[:4] == b"RIFF"


async def test_slash_button_opens_the_menu_of_commands(page: Page, stage: PageStage) -> None:
    await start(page)
    commands = [{"command": "complain", "description": "Something went wrong"}]
    await stage.bot.call("setMyCommands", commands=commands)
    await page.locator(f"{CUSTOMER} .slash").click()
    await page.get_by_role("menuitem", name="/complain").click()
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("echo: /complain")


async def test_link_to_the_bot_opens_in_its_chat(page: Page, stage: PageStage) -> None:
    await start(page)
    text = "Your friend's link: https://t.me/tropa_bot?start=from-a-friend"
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text=text)
    await page.locator(f"{CUSTOMER} .message.in a").click()
    await expect(page.locator(f"{CUSTOMER} .message.out").last).to_contain_text("/start from-a-friend")


async def test_documents_are_downloads(page: Page, stage: PageStage) -> None:
    await start(page)
    form = {"chat_id": str(stage.anna.id)}
    await stage.bot.call.upload("sendDocument", "document", b"<script>1</script>", "page.html", **form)
    card = page.locator(f"{CUSTOMER} .document")
    await expect(card).to_contain_text("page.html")
    address = await card.get_attribute("href")
    answer = await page.request.get(f"{stage.sandbox.url}{address}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


async def test_deleted_message_disappears(page: Page, stage: PageStage) -> None:
    await start(page)
    await expect(page.locator(f"{CUSTOMER} .message")).to_have_count(2)
    last = stage.anna.last
    await stage.bot.call("deleteMessage", chat_id=stage.anna.id, message_id=last.id)
    await expect(page.locator(f"{CUSTOMER} .message")).to_have_count(1)


async def test_a_blocked_bot_can_be_unblocked(page: Page, stage: PageStage) -> None:
    await start(page)
    await page.locator(f"{CUSTOMER} .head button").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await expect(page.locator(f"{CUSTOMER} .barred")).to_contain_text("The bot is blocked")
    assert stage.anna.chat.bot == "kicked"
    await page.locator(f"{CUSTOMER} .barred button").click()
    await expect(page.locator(f"{CUSTOMER} textarea")).to_be_visible()


async def test_message_to_the_team_comes_from_the_chosen_person(page: Page, stage: PageStage) -> None:
    await stage.team.add(stage.sandbox.add_person("Tom"))
    await page.locator("#pane-team select").select_option(label="Tom")
    await write(page, "/map", "#pane-team")
    await expect(page.locator("#pane-team .message.in").last).to_contain_text("echo: /map")
    assert stage.team.messages[-2].sender.first_name == "Tom"


async def test_reply_keyboard_sends_the_text_of_its_keys(page: Page, stage: PageStage) -> None:
    await start(page)
    board = {"keyboard": [["Yes", "No"]], "one_time_keyboard": True}
    await stage.bot.call("sendMessage", chat_id=stage.anna.id, text="Well?", reply_markup=board)
    await page.locator(f"{CUSTOMER} .reply-keys .key", has_text="Yes").click()
    await expect(page.locator(f"{CUSTOMER} .message.in").last).to_contain_text("echo: Yes")


async def test_another_sites_page_cannot_act_here(page: Page, stage: PageStage) -> None:
    url = f"{stage.sandbox.url}/page/api/send"
    body = {"person": stage.anna.id, "chat": stage.anna.id, "text": "a"}
    refused = await page.request.post(url, data=body, headers={"Origin": "https://evil.example"})
    assert refused.status == 403
    for nonsense in ({}, {"person": 1}, {"person": stage.anna.id, "chat": "x", "text": "a"}):
        answer = await page.request.post(url, data=nonsense)
        assert answer.status in {200, 400}
        assert (await answer.json())["error"]
    assert stage.anna.messages == []
